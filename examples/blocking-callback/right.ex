defmodule Rates.Handing do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})

  @impl true
  def init(waiting), do: {:ok, waiting}

  # The request runs in a task; the server stays free and answers when the result comes.
  @impl true
  def handle_call({:rate, currency}, from, waiting) do
    task =
      Task.Supervisor.async_nolink(Rates.Tasks, fn ->
        :httpc.request(~c"http://rates.example/#{currency}")
      end)

    {:noreply, Map.put(waiting, task.ref, from)}
  end

  @impl true
  def handle_info({ref, result}, waiting) when is_map_key(waiting, ref) do
    Process.demonitor(ref, [:flush])
    {from, waiting} = Map.pop(waiting, ref)
    GenServer.reply(from, result)
    {:noreply, waiting}
  end

  def handle_info({:DOWN, ref, :process, _pid, reason}, waiting) do
    {from, waiting} = Map.pop(waiting, ref)
    GenServer.reply(from, {:error, reason})
    {:noreply, waiting}
  end
end
