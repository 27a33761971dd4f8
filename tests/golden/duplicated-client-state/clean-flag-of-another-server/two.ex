# clean: duplicated-client-state
defmodule A do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}
  def handle_call(:ping, _from, s), do: {:reply, :pong, s}
end

defmodule B do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}
  def handle_call(:work, _from, s), do: {:reply, :done, s}
end

defmodule C do
  use GenServer
  def init(_), do: {:ok, %{ready: nil}}

  def handle_cast(:check, state) do
    GenServer.call(A, :ping)
    {:noreply, %{state | ready: true}}
  end

  def handle_cast(:go, %{ready: true} = state) do
    GenServer.call(B, :work)
    {:noreply, state}
  end
end
