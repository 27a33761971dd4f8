defmodule Farm.Pool do
  # finding: supervisor-reentrancy
  def size, do: DynamicSupervisor.count_children(Farm.Sup).active
end
