# clean: init-self-send-race
defmodule Depot.Steady do
  use GenServer

  def start_link(dir), do: GenServer.start_link(__MODULE__, dir, name: __MODULE__)
  def fetch(key), do: GenServer.call(__MODULE__, {:fetch, key})

  @impl true
  def init(dir), do: {:ok, %{dir: dir, index: nil}, {:continue, :load}}

  @impl true
  def handle_continue(:load, state) do
    {:noreply, %{state | index: Map.new(File.ls!(state.dir), &{&1, true})}}
  end

  @impl true
  def handle_call({:fetch, key}, _from, state) do
    {:reply, Map.fetch(state.index, key), state}
  end
end
