defmodule Gate.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  # two seconds
  # finding: shutdown-mismatch
  def init(_), do: [{Gate.Gate, []}] |> Supervisor.init(strategy: :one_for_one)
end

defmodule Gate.Gate do
  use GenServer, shutdown: 2 * 1000
  def start_link(_), do: GenServer.start_link(__MODULE__, [])
  @impl true
  def init(s) do
    Process.flag(:trap_exit, true)
    {:ok, s}
  end

  @impl true
  def terminate(_, s), do: :gate_keeper |> GenServer.call({:close, s}, 30_000)
end
