defmodule Game.Player do
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name)
  def hand(pid), do: GenServer.call(pid, :hand)

  def init(name), do: {:ok, %{name: name, hand: []}}
  def handle_call(:hand, _from, s), do: {:reply, s.hand, s}

  def handle_cast(:join, s) do
    :ok = GenServer.call(Game.Table, {:join, self()})
    {:noreply, s}
  end
end
