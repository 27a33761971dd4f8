defmodule Hub do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_call({:join, pid}, _f, pids), do: {:reply, :ok, [pid | pids]}
  def handle_call({:say, what}, _f, pids), do: {:reply, what, pids}
end

defmodule Piped do
  use GenServer
  def init(_), do: {:ok, %{joined: nil}}
  def handle_info(:join, s), do: {:noreply, %{s | joined: Hub |> GenServer.call({:join, self()})}}
  # finding: duplicated-client-state
  def handle_info({:say, w}, %{joined: :ok} = s), do: {:noreply, tap(s, fn _ -> GenServer.call(Hub, {:say, w}) end)}
end
