defmodule Mailer.Forgetful do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{sent: 0}, name: __MODULE__)

  @impl true
  def init(state), do: {:ok, state}

  @impl true
  def handle_cast({:send, mail}, state) do
    Task.async(fn -> deliver(mail) end)
    {:noreply, state}
  end

  @impl true
  def handle_info(:report, state) do
    IO.inspect(state.sent)
    {:noreply, state}
  end

  defp deliver(mail), do: File.write!("outbox", mail)
end
