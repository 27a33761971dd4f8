# clean: task-result-unhandled
defmodule Mailer do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast({:send, mail}, state) do
    task = Task.Supervisor.async_nolink(Mailer.Tasks, fn -> File.write!("outbox", mail) end)
    {:noreply, Map.put(state, task.ref, mail)}
  end

  def handle_info({ref, _result}, state) when is_map_key(state, ref) do
    Process.demonitor(ref, [:flush])
    {:noreply, Map.delete(state, ref)}
  end

  def handle_info({:DOWN, ref, :process, _pid, _reason}, state) do
    {:noreply, Map.delete(state, ref)}
  end
end
