# clean: process-for-code-organisation
defmodule Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def init(count), do: {:ok, count}
  def handle_call(:next, _from, count), do: {:reply, count, count + 1}
end
