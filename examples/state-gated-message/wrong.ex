defmodule Wire.Early do
  use GenServer

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts, name: __MODULE__)
  def connect(host), do: GenServer.call(__MODULE__, {:connect, host})
  def request(data), do: GenServer.call(__MODULE__, {:request, data})

  @impl true
  def init(_opts), do: {:ok, %{socket: nil}}

  @impl true
  def handle_call({:connect, host}, _from, state) do
    {:ok, socket} = :gen_tcp.connect(host, 4000, [:binary, active: false])
    {:reply, :ok, %{state | socket: socket}}
  end

  def handle_call({:request, data}, _from, state) do
    :ok = :gen_tcp.send(state.socket, data)
    {:reply, :ok, state}
  end
end
