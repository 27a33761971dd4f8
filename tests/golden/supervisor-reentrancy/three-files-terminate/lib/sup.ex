defmodule Farm.Sup do
  use DynamicSupervisor

  def start_link(_), do: DynamicSupervisor.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)

  def start_worker(arg), do: DynamicSupervisor.start_child(__MODULE__, {Farm.Worker, arg})
end
