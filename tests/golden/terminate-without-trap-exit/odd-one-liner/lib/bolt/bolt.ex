defmodule Bolt.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  def init(_), do: [Bolt.Bolt] |> Supervisor.init(strategy: :one_for_one)
end

defmodule Bolt.Bolt do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, "bolt.pid", name: __MODULE__)
  @impl true
  def init(path), do: {:ok, path}
  # the file is there for others
  @impl true
  # finding: terminate-without-trap-exit
  def terminate(_, path), do: path |> Path.expand() |> File.rm()
end
