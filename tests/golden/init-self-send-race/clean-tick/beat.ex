# clean: init-self-send-race
defmodule Beat do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def count, do: GenServer.call(__MODULE__, :count)

  def init(_) do
    send(self(), :tick)
    {:ok, %{count: 0, last: nil}}
  end

  def handle_info(:tick, state) do
    Process.send_after(self(), :tick, 1000)
    {:noreply, %{state | count: state.count + 1, last: System.monotonic_time()}}
  end

  def handle_call(:count, _from, state), do: {:reply, state.count, state}
end
