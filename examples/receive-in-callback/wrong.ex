defmodule Scanner.Eager do
  use GenServer

  def start_link(port), do: GenServer.start_link(__MODULE__, port, name: __MODULE__)
  def read(n), do: GenServer.call(__MODULE__, {:read, n})

  @impl true
  def init(port), do: {:ok, port}

  @impl true
  def handle_call({:read, n}, _from, port) do
    send(port, {self(), {:command, <<n>>}})

    # Takes whatever comes first: a second {:read, n} is lost here.
    reply =
      receive do
        message -> message
      after
        1_000 -> :timeout
      end

    {:reply, reply, port}
  end
end
