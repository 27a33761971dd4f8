defmodule Mail.Sender do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_cast({:send, mail}, s) do
    Task.Supervisor.start_child(Mail.Tasks, fn ->
      case Mail.Wire.deliver(mail) do
        :ok -> :ok
        :error -> Mail.Retry.later(mail, 5_000)
      end
    end)

    {:noreply, s}
  end

  def handle_info({:retry, mail}, s) do
    GenServer.cast(self(), {:send, mail})
    {:noreply, s}
  end
end
