# clean: stale-async-message
defmodule Watch do
  use GenServer

  def init(_), do: {:ok, %{timer: Process.send_after(self(), :late, 500)}}

  def handle_cast(:seen, state) do
    Process.cancel_timer(state.timer)

    receive do
      :late -> :ok
    after
      0 -> :ok
    end

    {:noreply, state}
  end

  def handle_info(:late, state), do: {:stop, :late, state}
end
