# clean: init-thundering-herd
defmodule Gnat.Gnats do
  use DynamicSupervisor
  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)
  def fly(id), do: DynamicSupervisor.start_child(__MODULE__, {Gnat.Gnat, id})
  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end

defmodule Gnat.Gnat do
  use GenServer
  def start_link(id), do: GenServer.start_link(__MODULE__, id)
  @impl true
  def init(id), do: id |> tap(fn _ -> jitter() end) |> ask()
  defp jitter, do: Process.sleep(:rand.uniform(5_000))
  defp ask(id), do: {:ok, {id, HTTPoison.get!("http://gnats.example")}}
end
