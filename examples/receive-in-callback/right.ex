defmodule Scanner.Patient do
  use GenServer

  def start_link(port), do: GenServer.start_link(__MODULE__, port, name: __MODULE__)
  def read(n), do: GenServer.call(__MODULE__, {:read, n})

  @impl true
  def init(port), do: {:ok, %{port: port, waiting: :queue.new()}}

  # The answer comes back as an ordinary message and is given to the caller that waits longest.
  @impl true
  def handle_call({:read, n}, from, state) do
    send(state.port, {self(), {:command, <<n>>}})
    {:noreply, %{state | waiting: :queue.in(from, state.waiting)}}
  end

  @impl true
  def handle_info({port, {:data, data}}, %{port: port} = state) do
    {{:value, from}, waiting} = :queue.out(state.waiting)
    GenServer.reply(from, data)
    {:noreply, %{state | waiting: waiting}}
  end
end
