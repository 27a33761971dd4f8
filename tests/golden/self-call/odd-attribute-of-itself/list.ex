defmodule Grown do
  use GenServer

  @names [:a]
  @names [:b | @names]
  @timeout @timeout * 2

  def start_link(_), do: GenServer.start_link(__MODULE__, @names, name: __MODULE__)
  # finding: self-call
  def names, do: GenServer.call(__MODULE__, {:names, @names}, @timeout)

  def init(names), do: {:ok, names}
  def handle_call({:names, _}, _from, names), do: {:reply, names, names}
  def handle_cast(:check, _), do: {:noreply, names()}
end
