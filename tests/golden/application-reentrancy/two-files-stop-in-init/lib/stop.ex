defmodule Garden.Stop do
  # finding: application-reentrancy
  def now, do: Application.stop(:garden)
end
