# clean: low-intensity
defmodule Shell.Supervisor do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)
  # one pool, which has its own limits: its failure is ours
  @impl true
  def init(arg), do: [{Registry, arg}] |> Supervisor.init(strategy: :one_for_one, max_restarts: 0)
end
