defmodule Moor.Options do
  def supervisor do
    # finding: disabled-intensity
    [strategy: :one_for_one, max_restarts: 5_000, max_seconds: 5]
  end
end
