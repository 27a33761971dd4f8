defmodule Ticker do
  def arm(message) do
    # finding: timer-pileup
    Process.send_after(self(), message, 5_000)
  end
end
