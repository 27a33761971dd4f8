defmodule Lease.Clock do
  def start, do: Process.send_after(self(), :lease_over, 10_000)
  def stop(timer), do: Process.cancel_timer(timer)
end
