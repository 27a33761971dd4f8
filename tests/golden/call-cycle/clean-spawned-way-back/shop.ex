# clean: call-cycle
defmodule Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def level(item), do: GenServer.call(__MODULE__, {:level, item})

  def init(s), do: {:ok, s}
  def handle_call({:level, item}, _from, s), do: {:reply, Orders.open?(item), s}
end

defmodule Orders do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def open?(item), do: GenServer.call(__MODULE__, {:open, item})

  def init(s), do: {:ok, s}

  def handle_call({:open, item}, from, s) do
    Task.start(fn -> GenServer.reply(from, Stock.level(item) > 0) end)
    {:noreply, s}
  end
end
