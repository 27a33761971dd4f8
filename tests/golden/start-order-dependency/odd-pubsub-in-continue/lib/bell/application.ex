defmodule Bell.Application do
  use Application
  @impl true
  def start(_type, _args) do
    # finding: start-order-dependency
    [Bell.Ringer, {Phoenix.PubSub, name: Bell.PubSub}]
    |> Supervisor.start_link(strategy: :one_for_one)
  end
end

defmodule Bell.Ringer do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_), do: {:ok, [], {:continue, :subscribe}}
  @impl true
  def handle_continue(:subscribe, state), do: (Phoenix.PubSub.subscribe(Bell.PubSub, "bells"); {:noreply, state})
end
