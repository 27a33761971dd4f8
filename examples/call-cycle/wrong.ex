defmodule Depot.Goods do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def reserve(item), do: GenServer.call(__MODULE__, {:reserve, item})
  def level(item), do: GenServer.call(__MODULE__, {:level, item})

  @impl true
  def init(goods), do: {:ok, goods}

  @impl true
  def handle_call({:level, item}, _from, goods), do: {:reply, goods[item], goods}

  def handle_call({:reserve, item}, _from, goods) do
    {:reply, Depot.Orders.open?(item), goods}
  end
end

defmodule Depot.Orders do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def open?(item), do: GenServer.call(__MODULE__, {:open, item})

  @impl true
  def init(orders), do: {:ok, orders}

  # Goods waits for this clause, and this clause waits for Goods.
  @impl true
  def handle_call({:open, item}, _from, orders) do
    {:reply, Map.has_key?(orders, item) and Depot.Goods.level(item) > 0, orders}
  end
end
