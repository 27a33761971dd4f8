# clean: cast-before-registered
defmodule Delay.Sup do
  use Supervisor
  def start_link(_), do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: Supervisor.init([Delay.One, Delay.Two], strategy: :one_for_one)
end

defmodule Delay.One do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_call(:go, _from, state) do
    GenServer.cast(Delay.Two, :go)
    {:reply, :ok, state}
  end
end

defmodule Delay.Two do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_cast(:go, state), do: {:noreply, [1 | state]}
end
