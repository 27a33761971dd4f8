defmodule Lease do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{timer: Lease.Clock.start(), holder: nil}}

  def handle_call(:renew, _from, state) do
    Lease.Clock.stop(state.timer)
    {:reply, :ok, %{state | timer: Lease.Clock.start()}}
  end

  # finding: stale-async-message
  def handle_info(:lease_over, state), do: {:stop, :shutdown, state}
end
