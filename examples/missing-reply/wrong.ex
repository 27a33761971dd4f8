defmodule Tally.Mute do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def add(n), do: GenServer.call(__MODULE__, {:add, n})

  @impl true
  def init(count), do: {:ok, count}

  @impl true
  def handle_call({:add, n}, _from, count) do
    {:noreply, count + n}
  end
end
