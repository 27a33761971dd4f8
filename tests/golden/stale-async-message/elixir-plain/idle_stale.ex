defmodule Idle.Stale do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def touch, do: GenServer.cast(__MODULE__, :touch)

  @impl true
  def init(_), do: {:ok, %{timer: arm()}}

  @impl true
  def handle_cast(:touch, state) do
    Process.cancel_timer(state.timer)
    {:noreply, %{state | timer: arm()}}
  end

  @impl true
  # finding: stale-async-message
  def handle_info(:idle, state), do: {:stop, :normal, state}

  defp arm, do: Process.send_after(self(), :idle, 60_000)
end
