defmodule Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  # finding: self-call
  def value, do: GenServer.call(__MODULE__, :value)

  def init(n), do: {:ok, n}
  def handle_call(:value, _from, n), do: {:reply, n, n}

  # The task asks, and this process waits for the task.
  def handle_call(:report, _from, n) do
    task = Task.async(fn -> "count is #{value()}" end)
    {:reply, Task.await(task), n}
  end
end
