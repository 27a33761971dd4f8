# clean: client-breaks-order
defmodule Pump do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def prime(x), do: GenServer.call(__MODULE__, {:prime, x})
  def draw, do: GenServer.call(__MODULE__, :draw)
  def init(_), do: {:ok, %{x: nil}}
  def handle_call({:prime, x}, _from, s), do: {:reply, :ok, %{s | x: x}}
  def handle_call(:draw, _from, %{x: nil} = s), do: {:reply, {:error, :not_ready}, s}
  def handle_call(:draw, _from, s), do: {:reply, s.x, s}
end

defmodule Pump.User do
  def go(dry) do
    Pump.start_link([])
    unless dry, do: Pump.prime(1)
    Pump.draw()
  end
end
