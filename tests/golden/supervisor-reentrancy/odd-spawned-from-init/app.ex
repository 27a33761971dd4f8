# clean: supervisor-reentrancy
defmodule Farm.Supervisor do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: Supervisor.init([Farm.Manager], strategy: :one_for_one)
end

defmodule Farm.Manager do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # Another process asks, and init does not wait for it.
  def init(_) do
    Task.start(fn -> Farm.Supervisor |> Supervisor.which_children() |> IO.inspect() end)
    {:ok, nil}
  end
end
