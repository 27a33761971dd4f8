defmodule Ring.A do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def first, do: GenServer.call(__MODULE__, :first)
  def init(_), do: {:ok, nil}
  def handle_call(:first, _from, s), do: {:reply, Ring.B.second(), s}
end
