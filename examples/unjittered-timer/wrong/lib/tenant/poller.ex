defmodule Tenant.Pollers do
  use DynamicSupervisor

  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)
  def start(id), do: DynamicSupervisor.start_child(__MODULE__, {Tenant.Poller, id})

  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end

defmodule Tenant.Poller do
  use GenServer

  def start_link(id), do: GenServer.start_link(__MODULE__, id)

  @impl true
  def init(id) do
    Process.send_after(self(), :poll, 30_000)
    {:ok, id}
  end

  @impl true
  def handle_info(:poll, id) do
    HTTPoison.get!("http://tenants.example/#{id}")
    Process.send_after(self(), :poll, 30_000)
    {:noreply, id}
  end
end
