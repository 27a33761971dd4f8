defmodule Ring.C do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def third, do: GenServer.call(__MODULE__, :third)
  def init(_), do: {:ok, nil}
  def handle_call(:third, _from, s), do: {:reply, Ring.A.first(), s}
end
