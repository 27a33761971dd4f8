defmodule Reef.Supervisor do
  use Supervisor
  @restarts 100 * 60
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)
  @impl true
  # finding: disabled-intensity
  def init(_), do: [Reef.Coral] |> Supervisor.init(strategy: :one_for_one, max_restarts: @restarts)
end
