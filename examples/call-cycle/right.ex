defmodule Depot.Shelf do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def reserve(item), do: GenServer.call(__MODULE__, {:reserve, item})

  @impl true
  def init(goods), do: {:ok, goods}

  # What the other one needs goes with the request: it has no need to ask back.
  @impl true
  def handle_call({:reserve, item}, _from, goods) do
    {:reply, Depot.Book.open?(item, goods[item]), goods}
  end
end

defmodule Depot.Book do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def open?(item, level), do: GenServer.call(__MODULE__, {:open, item, level})

  @impl true
  def init(orders), do: {:ok, orders}

  @impl true
  def handle_call({:open, item, level}, _from, orders) do
    {:reply, Map.has_key?(orders, item) and level > 0, orders}
  end
end
