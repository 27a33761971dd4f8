# clean: state-gated-message
defmodule Wire.Ready do
  use GenServer

  def start_link(host), do: GenServer.start_link(__MODULE__, host, name: __MODULE__)
  def request(data), do: GenServer.call(__MODULE__, {:request, data})

  @impl true
  def init(host), do: {:ok, %{host: host, socket: nil}, {:continue, :connect}}

  @impl true
  def handle_continue(:connect, state) do
    {:ok, socket} = :gen_tcp.connect(state.host, 4000, [:binary, active: false])
    {:noreply, %{state | socket: socket}}
  end

  @impl true
  def handle_call({:request, data}, _from, state) do
    :ok = :gen_tcp.send(state.socket, data)
    {:reply, :ok, state}
  end
end
