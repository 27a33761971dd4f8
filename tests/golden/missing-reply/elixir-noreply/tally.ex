defmodule Tally do
  use GenServer

  def init(count), do: {:ok, count}

  # finding: missing-reply
  def handle_call({:add, n}, _from, count) do
    {:noreply, count + n}
  end

  def handle_call(:get, _from, count), do: {:reply, count, count}
end
