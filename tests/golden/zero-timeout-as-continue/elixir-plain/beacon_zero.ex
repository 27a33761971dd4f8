defmodule Beacon.Zero do
  use GenServer

  def start_link(port), do: GenServer.start_link(__MODULE__, port, name: __MODULE__)
  def peers, do: GenServer.call(__MODULE__, :peers)

  @impl true
  def init(port) do
    {:ok, socket} = :gen_udp.open(port, [:binary, active: true])
    # finding: zero-timeout-as-continue
    {:ok, %{socket: socket, peers: []}, 0}
  end

  @impl true
  def handle_info(:timeout, state) do
    :gen_udp.send(state.socket, {255, 255, 255, 255}, 4000, "hello")
    Process.send_after(self(), :timeout, 5_000)
    {:noreply, state}
  end

  def handle_info({:udp, _socket, ip, _port, "hello"}, state) do
    {:noreply, %{state | peers: [ip | state.peers]}}
  end

  @impl true
  def handle_call(:peers, _from, state), do: {:reply, state.peers, state}
end
