# clean: boot-order-cycle
defmodule Parent do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def settings, do: GenServer.call(__MODULE__, :settings)

  def init(_) do
    {:ok, worker} = Worker.start_link([])
    {:ok, worker}
  end

  def handle_call(:settings, _from, s), do: {:reply, [], s}
end

# Its start returns before it asks.
defmodule Worker do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  def init(_), do: {:ok, nil, {:continue, :load}}
  def handle_continue(:load, _), do: {:noreply, Parent.settings()}
end
