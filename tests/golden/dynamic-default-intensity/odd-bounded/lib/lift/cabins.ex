# clean: dynamic-default-intensity
defmodule Lift.Cabins do
  use DynamicSupervisor
  def start_link(a), do: DynamicSupervisor.start_link(__MODULE__, a, name: __MODULE__)
  def add(n), do: __MODULE__ |> DynamicSupervisor.start_child({Lift.Cabin, n})
  @impl true
  def init(_), do: [strategy: :one_for_one, max_children: 4] |> DynamicSupervisor.init()
end
