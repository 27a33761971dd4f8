# clean: triangle-order
defmodule Ledger.Desk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_cast({:sell, item}, state) do
    GenServer.cast(Ledger.Book, {:add, item})
    GenServer.cast(Ledger.Book, {:sign, item})
    {:noreply, state}
  end
end

defmodule Ledger.Book do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{items: nil}}

  def handle_cast({:add, item}, state), do: {:noreply, %{state | items: [item]}}
  def handle_cast({:sign, item}, state), do: {:noreply, %{state | items: {:signed, item}}}
end
