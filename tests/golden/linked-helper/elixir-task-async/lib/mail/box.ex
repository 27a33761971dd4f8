defmodule Mail.Box do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def fetch(url), do: GenServer.cast(__MODULE__, {:fetch, url})

  @impl true
  def init(state), do: {:ok, state}

  @impl true
  def handle_cast({:fetch, url}, state) do
    # finding: linked-helper
    task = Task.async(fn -> HTTPoison.get!(url) end)
    {:noreply, Map.put(state, task.ref, url)}
  end

  @impl true
  def handle_info({ref, _answer}, state), do: {:noreply, Map.delete(state, ref)}
end
