defmodule Meter.Supervisor do
  use Supervisor

  def start_link(hosts), do: Supervisor.start_link(__MODULE__, hosts, name: __MODULE__)

  @impl true
  def init(hosts) do
    children = for host <- hosts, do: Supervisor.child_spec({Meter.Probe, host}, id: host)
    Supervisor.init(children, strategy: :one_for_one, max_restarts: 100)
  end
end

defmodule Meter.Probe do
  use GenServer

  def start_link(host), do: GenServer.start_link(__MODULE__, host)

  @impl true
  def init(host) do
    {:ok, HTTPoison.get!("http://directory.example/" <> host)}
  end
end
