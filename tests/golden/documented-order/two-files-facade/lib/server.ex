defmodule Radio.Server do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def play(song), do: GenServer.call(__MODULE__, {:play, song})
  def tune(station), do: GenServer.call(__MODULE__, {:tune, station})
  def init(_), do: {:ok, %{station: nil}}
  def handle_call({:play, song}, _from, s), do: {:reply, {s.station, song}, s}
  def handle_call({:tune, station}, _from, s), do: {:reply, :ok, %{s | station: station}}
end
