defmodule Next do
  def step(state), do: {:noreply, Map.put(state, :stepped, true)}
end
