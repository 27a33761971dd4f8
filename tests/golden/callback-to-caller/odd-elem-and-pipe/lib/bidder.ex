defmodule Bidder do
  use GenServer

  # finding: callback-to-caller
  def limit(pid), do: GenServer.call(pid, :limit)

  def init(limit), do: {:ok, limit}
  def handle_call(:limit, _from, limit), do: {:reply, limit, limit}
end
