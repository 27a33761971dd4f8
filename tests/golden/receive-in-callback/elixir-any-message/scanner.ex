defmodule Scanner do
  use GenServer

  def init(port), do: {:ok, port}

  def handle_call({:read, n}, _from, port) do
    send(port, {self(), {:command, <<n>>}})

    # finding: receive-in-callback
    receive do
      message -> {:reply, message, port}
    after
      1_000 -> {:reply, :timeout, port}
    end
  end
end
