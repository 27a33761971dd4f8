# clean: call-cycle
defmodule Prices do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def list, do: GenServer.call(__MODULE__, :list)

  def init(s), do: {:ok, s}
  def handle_call(:list, _from, s), do: {:reply, s, s}

  def handle_cast({:changed, item}, s) do
    Basket.update(item)
    {:noreply, s}
  end
end

# Asks once, before anybody knows it.
defmodule Basket do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def update(item), do: GenServer.call(__MODULE__, {:update, item})

  def init(_), do: {:ok, Prices.list()}
  def handle_call({:update, item}, _from, s), do: {:reply, :ok, Map.put(s, item, 1)}
end
