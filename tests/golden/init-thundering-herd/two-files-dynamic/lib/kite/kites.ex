defmodule Kite.Kites do
  use DynamicSupervisor

  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)
  def fly(id), do: DynamicSupervisor.start_child(__MODULE__, {Kite.Kite, id})

  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end
