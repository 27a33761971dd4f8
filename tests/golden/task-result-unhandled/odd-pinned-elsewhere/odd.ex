defmodule Odd do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_info(:go, state) do
    # finding: task-result-unhandled
    fn -> File.read("a") end |> Task.async()
    {:noreply, state}
  end

  # An atom in the first place never is the reference of a task.
  def handle_info({:done, _result}, state), do: {:noreply, state}
end
