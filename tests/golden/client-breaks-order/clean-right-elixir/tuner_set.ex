# clean: client-breaks-order
defmodule Tuner.Set do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def tune(station), do: GenServer.call(__MODULE__, {:tune, station})
  def play(song), do: GenServer.call(__MODULE__, {:play, song})

  @impl true
  def init(_), do: {:ok, %{station: nil}}

  @impl true
  def handle_call({:tune, station}, _from, state), do: {:reply, :ok, %{state | station: station}}

  def handle_call({:play, _song}, _from, %{station: nil} = state) do
    {:reply, {:error, :not_ready}, state}
  end

  def handle_call({:play, song}, _from, state), do: {:reply, {:ok, song}, state}
end

defmodule Tuner.Calm do
  def evening do
    {:ok, _} = Tuner.Set.start_link([])
    Tuner.Set.tune(101)
    Tuner.Set.play("news")
  end
end
