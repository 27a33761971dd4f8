# clean: missing-reply
defmodule Lookup do
  use GenServer

  def init(_), do: {:ok, %{}}

  def handle_call({:get, key}, from, state) do
    Task.start(fn -> GenServer.reply(from, File.read(key)) end)
    {:noreply, state}
  end

  def handle_call({:locked, key}, {pid, _} = from, state) do
    {:noreply, enqueue(state, pid, key, from)}
  end

  defp enqueue(state, pid, key, from), do: Map.put(state, key, {pid, from})
end
