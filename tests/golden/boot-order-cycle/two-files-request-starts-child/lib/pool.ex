defmodule Pool do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def grow, do: GenServer.call(__MODULE__, :grow)
  def options, do: GenServer.call(__MODULE__, :options)

  def init(_), do: {:ok, []}

  def handle_call(:options, _from, s), do: {:reply, [], s}

  def handle_call(:grow, _from, pids) do
    {:ok, pid} = Pool.Conn.start_link(self())
    {:reply, :ok, [pid | pids]}
  end
end
