defmodule Titles do
  use GenServer

  def init(titles), do: {:ok, titles}

  def handle_cast({:add, id, document}, titles) do
    {:noreply, Map.put(titles, id, Head.title(document))}
  end
end
