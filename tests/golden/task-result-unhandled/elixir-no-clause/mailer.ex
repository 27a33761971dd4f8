defmodule Mailer do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_cast({:send, mail}, state) do
    # finding: task-result-unhandled
    Task.async(fn -> File.write!("outbox", mail) end)
    {:noreply, state}
  end

  def handle_info(:report, state), do: {:noreply, state}
end
