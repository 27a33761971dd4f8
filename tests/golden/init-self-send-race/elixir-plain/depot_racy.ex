defmodule Depot.Racy do
  use GenServer

  def start_link(dir), do: GenServer.start_link(__MODULE__, dir, name: __MODULE__)
  def fetch(key), do: GenServer.call(__MODULE__, {:fetch, key})

  @impl true
  def init(dir) do
    # finding: init-self-send-race
    send(self(), :load)
    {:ok, %{dir: dir, index: nil}}
  end

  @impl true
  def handle_info(:load, state) do
    {:noreply, %{state | index: Map.new(File.ls!(state.dir), &{&1, true})}}
  end

  @impl true
  def handle_call({:fetch, key}, _from, state) do
    {:reply, Map.fetch(state.index, key), state}
  end
end
