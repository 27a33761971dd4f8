# clean: call-cycle
defmodule Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def reserve(item), do: GenServer.call(__MODULE__, {:reserve, item})
  def level(item), do: GenServer.call(__MODULE__, {:level, item})

  def init(s), do: {:ok, s}
  def handle_call({:level, item}, _from, s), do: {:reply, s[item], s}
  def handle_call({:reserve, item}, _from, s), do: {:reply, Orders.known?(item), s}
end

# The clause that Stock waits for waits for nobody.
defmodule Orders do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def known?(item), do: GenServer.call(__MODULE__, {:known, item})

  def init(s), do: {:ok, s}
  def handle_call({:known, item}, _from, s), do: {:reply, Map.has_key?(s, item), s}
  def handle_call({:price, _item}, _from, s), do: {:reply, 1, s}

  def handle_cast({:print, item}, s) do
    IO.inspect(item)
    {:noreply, s}
  end
end
