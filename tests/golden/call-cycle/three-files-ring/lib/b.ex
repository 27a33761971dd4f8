defmodule Ring.B do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  # finding: call-cycle
  def second, do: GenServer.call(__MODULE__, :second)
  def init(_), do: {:ok, nil}
  def handle_call(:second, _from, s), do: {:reply, Ring.C.third(), s}
end
