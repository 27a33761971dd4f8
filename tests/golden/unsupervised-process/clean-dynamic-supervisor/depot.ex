# clean: unsupervised-process
defmodule Depot do
  use GenServer

  def init(_), do: {:ok, []}

  def handle_call({:open, shelf}, _from, shelves) do
    {:ok, pid} = DynamicSupervisor.start_child(Depot.Shelves, {Shelf, shelf})
    Task.Supervisor.start_child(Depot.Tasks, fn -> IO.puts("opened") end)
    {:reply, pid, [pid | shelves]}
  end
end
