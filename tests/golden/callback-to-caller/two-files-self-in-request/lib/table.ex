defmodule Game.Table do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  def init(players), do: {:ok, players}

  def handle_call({:join, pid}, _from, players) do
    # finding: callback-to-caller
    cards = GenServer.call(pid, :hand)
    {:reply, :ok, Map.put(players, pid, cards)}
  end
end
