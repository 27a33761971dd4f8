defmodule Alarm do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{timer: nil}}

  def handle_call(:set, _from, state) do
    {:reply, :ok, %{state | timer: Process.send_after(self(), :ring, 1_000)}}
  end

  def handle_call(:clear, _from, state) do
    state.timer |> Process.cancel_timer()
    {:reply, :ok, state}
  end

  # finding: stale-async-message
  def handle_info(:ring, state) do
    # wakes everybody
    Bell |> GenServer.cast(:ring)
    {:noreply, state}
  end
end
