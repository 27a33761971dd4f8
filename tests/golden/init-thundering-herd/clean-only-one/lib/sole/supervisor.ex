# clean: init-thundering-herd
defmodule Sole.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  def init(_), do: Supervisor.init([Sole.Probe], strategy: :one_for_one)
end

defmodule Sole.Probe do
  use GenServer
  def start_link(a), do: GenServer.start_link(__MODULE__, a, name: __MODULE__)
  @impl true
  def init(_), do: {:ok, HTTPoison.get!("http://sole.example")}
end
