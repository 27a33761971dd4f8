# clean: cast-without-backpressure
defmodule Beat do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    Process.send_after(self(), :beat, 1_000)
    {:ok, nil}
  end

  def handle_info(:beat, state) do
    :httpc.request(~c"http://beat.example/")
    Process.send_after(self(), :beat, 1_000)
    {:noreply, state}
  end
end
