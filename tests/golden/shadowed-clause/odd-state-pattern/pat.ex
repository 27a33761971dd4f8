defmodule Pat do
  use GenServer

  def init(_), do: {:ok, %{open: false}}
  def handle_call(:read, _from, %{} = state), do: {:reply, state, state}
  # was meant to come first
  # finding: shadowed-clause
  def handle_call(:read, _from, %{open: false} = state), do: {:reply, :closed, state}
end
