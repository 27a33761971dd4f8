defmodule Mailer do
  use GenServer

  def init(state), do: {:ok, state}

  def handle_call({:send, mail}, _from, state) do
    Background.run(fn -> File.write!("outbox", mail) end)
    {:reply, :ok, state}
  end

  def handle_info({:report, to}, state) do
    send(to, state)
    {:noreply, state}
  end
end
