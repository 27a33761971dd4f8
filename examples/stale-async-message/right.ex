defmodule Idle.Fresh do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def touch, do: GenServer.cast(__MODULE__, :touch)

  @impl true
  def init(_), do: {:ok, arm(%{})}

  @impl true
  def handle_cast(:touch, state) do
    Process.cancel_timer(state.timer)
    {:noreply, arm(state)}
  end

  @impl true
  def handle_info({:idle, ref}, %{ref: ref} = state), do: {:stop, :normal, state}
  def handle_info({:idle, _old}, state), do: {:noreply, state}

  defp arm(state) do
    ref = make_ref()
    Map.merge(state, %{ref: ref, timer: Process.send_after(self(), {:idle, ref}, 60_000)})
  end
end
