defmodule Stock.Desk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_cast({:sell, item}, state) do
    # finding: triangle-order
    GenServer.cast(Stock.Book, {:add, item})
    GenServer.cast(Stock.Audit, {:sold, item})
    {:noreply, state}
  end
end

defmodule Stock.Audit do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_cast({:sold, item}, state) do
    GenServer.cast(Stock.Book, {:sign, item})
    {:noreply, state}
  end
end

defmodule Stock.Book do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{items: nil}}

  def handle_cast({:add, item}, state), do: {:noreply, %{state | items: [item]}}
  def handle_cast({:sign, item}, state), do: {:noreply, %{state | items: {:signed, item}}}
end
