defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_info({:order, item}, s) do
    Bank.pay(item)
    {:noreply, [item | s]}
  end
end
