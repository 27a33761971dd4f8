# clean: state-gated-message
defmodule Seek do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_info(:check, state) do
    pid = Process.whereis(Other)
    if pid && Process.alive?(pid), do: send(pid, :hello)
    {:noreply, state}
  end
end
