# clean: call-cycle
defmodule Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def reserve(item), do: GenServer.call(__MODULE__, {:reserve, item})
  def level(item), do: GenServer.call(__MODULE__, {:level, item})

  def init(s), do: {:ok, s}
  def handle_call({:level, item}, _from, s), do: {:reply, s[item], s}

  # Asked by cast; answered when the answer arrives.
  def handle_call({:reserve, item}, from, s) do
    Orders.ask(item, from)
    {:noreply, s}
  end

  def handle_cast({:answer, from, open}, s) do
    GenServer.reply(from, open)
    {:noreply, s}
  end
end

defmodule Orders do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def ask(item, from), do: GenServer.cast(__MODULE__, {:ask, item, from})

  def init(s), do: {:ok, s}

  def handle_cast({:ask, item, from}, s) do
    GenServer.cast(Stock, {:answer, from, Stock.level(item) > 0})
    {:noreply, s}
  end
end
