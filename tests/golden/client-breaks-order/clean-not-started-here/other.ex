# clean: client-breaks-order
defmodule Mill do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def fill(x), do: GenServer.call(__MODULE__, {:fill, x})
  def grind, do: GenServer.call(__MODULE__, :grind)
  def init(_), do: {:ok, %{x: nil}}
  def handle_call({:fill, x}, _from, s), do: {:reply, :ok, %{s | x: x}}
  def handle_call(:grind, _from, %{x: nil} = s), do: {:reply, {:error, :empty}, s}
  def handle_call(:grind, _from, s), do: {:reply, s.x, s}
end

defmodule Mill.User do
  def go, do: Mill.grind()
end
