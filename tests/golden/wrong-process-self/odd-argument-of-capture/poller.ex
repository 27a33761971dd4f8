defmodule Poller do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, 0}

  def handle_cast(:poll, n), do: Task.start(&work/0) |> then(fn _ -> {:noreply, n} end)

  defp work do
    # comment in between
    # finding: wrong-process-self
    self() |> send({:done, :os.timestamp()})
  end

  def handle_info({:done, _at}, n), do: {:noreply, n}
end
