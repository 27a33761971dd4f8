defmodule Tent.Names do
  def find(name), do: name |> key() |> GenServer.whereis()
  defp key(name), do: {:global, {:tent, name}}
end
