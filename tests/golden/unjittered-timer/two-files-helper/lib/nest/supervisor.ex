defmodule Nest.Supervisor do
  use Supervisor
  def start_link(ids), do: Supervisor.start_link(__MODULE__, ids, name: __MODULE__)

  @impl true
  def init(ids) do
    ids
    |> Enum.map(fn id -> Supervisor.child_spec({Nest.Egg, id}, id: id) end)
    |> Supervisor.init(strategy: :one_for_one, max_restarts: 50)
  end
end
