defmodule Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def reserve(item), do: GenServer.call(__MODULE__, {:reserve, item})
  def level(item), do: GenServer.call(__MODULE__, {:level, item})

  def init(s), do: {:ok, s}
  def handle_call({:level, item}, _from, s), do: {:reply, s[item], s}

  def handle_call({:reserve, item}, _from, s) do
    {:reply, Orders.open?(item), s}
  end
end

defmodule Orders do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  # finding: call-cycle
  def open?(item), do: GenServer.call(__MODULE__, {:open, item})

  def init(s), do: {:ok, s}

  def handle_call({:open, item}, _from, s) do
    {:reply, Map.has_key?(s, item) and Stock.level(item) > 0, s}
  end
end
