# The helper is the other half of the server: it reads messages of its own. Possible only.
defmodule Relay do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_), do: {:ok, nil}

  def handle_call({:subscribe, port}, _from, _state) do
    # finding: linked-helper
    reader = spawn_link(fn -> connect(port) end)
    {:reply, :ok, reader}
  end

  defp connect(port) do
    {:ok, socket} = :gen_tcp.connect(~c"localhost", port, [:binary, active: false])
    read(socket)
  end

  defp read(socket) do
    {:ok, line} = :gen_tcp.recv(socket, 0)
    send(Relay.Sink, {:line, line})
    read(socket)
  end
end
