defmodule Table do
  def find(table, key) do
    case :ets.lookup(table, key) do
      [{_, value}] -> {:ok, value}
      [] -> :error
    end
  end
end
