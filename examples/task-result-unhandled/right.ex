defmodule Mailer.Tidy do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{sent: 0}, name: __MODULE__)

  @impl true
  def init(state), do: {:ok, state}

  @impl true
  def handle_cast({:send, mail}, state) do
    Task.Supervisor.async_nolink(Mailer.Tasks, fn -> deliver(mail) end)
    {:noreply, state}
  end

  @impl true
  def handle_info({ref, _result}, state) when is_reference(ref) do
    Process.demonitor(ref, [:flush])
    {:noreply, %{state | sent: state.sent + 1}}
  end

  def handle_info({:DOWN, _ref, :process, _pid, _reason}, state), do: {:noreply, state}

  defp deliver(mail), do: File.write!("outbox", mail)
end
