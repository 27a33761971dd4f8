defmodule Owner do
  use GenServer

  def init(bus), do: {:ok, bus}

  def handle_cast({:refresh, key}, bus) do
    Bus.ask(bus, key)
    {:noreply, bus}
  end
end
