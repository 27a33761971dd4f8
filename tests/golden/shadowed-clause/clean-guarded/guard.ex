# clean: shadowed-clause
defmodule Guarded do
  use GenServer

  def init(_), do: {:ok, 0}
  def handle_cast({:add, n}, sum) when n > 0, do: {:noreply, sum + n}
  def handle_cast({:add, _n}, sum), do: {:noreply, sum}
  def handle_cast({:set, n}, n), do: {:noreply, n}
  def handle_cast({:set, n}, _sum), do: {:noreply, n}
end
