defmodule Till.Silent do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def total, do: GenServer.call(__MODULE__, :total)

  @impl true
  def init(total), do: {:ok, total}

  @impl true
  def handle_call(:total, _from, total), do: {:reply, total, total}
  def handle_call(_request, _from, total), do: {:noreply, total}
end
