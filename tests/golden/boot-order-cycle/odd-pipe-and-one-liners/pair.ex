defmodule Left do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def ask, do: GenServer.call(__MODULE__, :ask)
  # finding: boot-order-cycle
  def init(_), do: Right |> GenServer.start_link([])
  def handle_call(:ask, _from, s), do: {:reply, s, s}
end

defmodule Right do
  use GenServer
  def init(_), do: {:ok, Left.ask()}
end
