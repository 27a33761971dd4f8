defmodule Store do
  use Agent

  def start_link(_), do: Agent.start_link(fn -> %{} end, name: __MODULE__)
  # finding: self-call
  def get(key), do: Agent.get(__MODULE__, &Map.get(&1, key))

  def copy(from, to) do
    Agent.update(__MODULE__, fn map -> Map.put(map, to, get(from)) end)
  end

  def swap(key, value) do
    Agent.get_and_update(__MODULE__, fn map -> {Map.get(map, key), Map.put(map, key, value)} end)
  end
end
