defmodule Tide.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    Supervisor.init([Tide.Gauge], strategy: :one_for_one, max_restarts: 1_000_000, max_seconds: 1)
  end
end
