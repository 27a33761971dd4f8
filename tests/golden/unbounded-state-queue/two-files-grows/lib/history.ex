defmodule History do
  use GenServer

  def init(_), do: {:ok, %{events: []}}

  def handle_cast({:event, what}, %{events: events} = state) do
    # finding: unbounded-state-queue
    {:noreply, %{state | events: [Event.new(what) | events]}}
  end

  def handle_call(:events, _from, state), do: {:reply, state.events, state}
end
