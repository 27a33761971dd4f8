# clean: duplicated-client-state
defmodule Hub do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_call({:join, pid}, _f, pids), do: {:reply, :ok, [pid | pids]}
end

defmodule Odd do
  use GenServer
  def init(_), do: {:ok, %{joined: nil}}
  def handle_info(:join, s), do: {:noreply, %{s | joined: GenServer.call(Hub, {:join, self()})}}
  def handle_call(:joined, _from, s), do: {:reply, s.joined, s}
end
