# clean: task-result-unhandled
defmodule Fetcher do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_call({:fetch, paths}, _from, state) do
    results = paths |> Enum.map(&start/1) |> collect()
    {:reply, results, state}
  end

  def handle_info(:tick, state), do: {:noreply, state}

  defp start(path), do: Task.async(fn -> File.read(path) end)
  defp collect(tasks), do: Enum.map(tasks, &Task.await/1)
end
