defmodule Zoo.Application do
  use Application
  @impl true
  def start(_type, _args) do
    # finding: dynamic-default-intensity
    [{PartitionSupervisor, child_spec: DynamicSupervisor, name: Zoo.Cages}]
    |> Supervisor.start_link(strategy: :one_for_one)
  end
end

defmodule Zoo.Animal do
  use GenServer
  def start(name) do
    sup = {:via, PartitionSupervisor, {Zoo.Cages, name}}
    DynamicSupervisor.start_child(sup, {__MODULE__, name})
  end
  def start_link(name), do: GenServer.start_link(__MODULE__, name)
  @impl true
  def init(name), do: {:ok, name}
end
