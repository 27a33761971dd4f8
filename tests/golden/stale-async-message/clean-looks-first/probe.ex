# clean: stale-async-message
defmodule Probe do
  use GenServer

  def init(_), do: {:ok, %{pending: nil, timer: Process.send_after(self(), :late, 500)}}

  def handle_cast(:answer, state) do
    Process.cancel_timer(state.timer)
    {:noreply, %{state | pending: nil}}
  end

  def handle_info(:late, state) do
    if state.pending, do: GenServer.reply(state.pending, :late)
    {:noreply, state}
  end
end
