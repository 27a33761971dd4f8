defmodule Shop.Patient do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.call(__MODULE__, {:order, item}, 5_000)

  @impl true
  def init(_), do: {:ok, nil}

  # The inner limit is well below the outer one: there is time left to answer.
  @impl true
  def handle_call({:order, item}, _from, state) do
    {:reply, GenServer.call(Shop.Stock, {:reserve, item}, 2_000), state}
  end
end
