# clean: unjittered-timer
defmodule Moth.Moths do
  use DynamicSupervisor
  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)
  def start(id), do: DynamicSupervisor.start_child(__MODULE__, {Moth.Moth, id})
  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end

defmodule Moth.Moth do
  use GenServer
  def start_link(id), do: GenServer.start_link(__MODULE__, id)
  @impl true
  def init(n), do: {:ok, arm(n)}
  # only counts
  @impl true
  def handle_info(:flap, n), do: {:noreply, arm(n + 1)}
  defp arm(n), do: (Process.send_after(self(), :flap, 100); n)
end
