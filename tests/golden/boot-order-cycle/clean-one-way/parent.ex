# clean: boot-order-cycle
defmodule Parent do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_), do: {:ok, Config.settings()}
  def handle_call(:settings, _from, s), do: {:reply, s, s}
end

defmodule Config do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def settings, do: GenServer.call(__MODULE__, :settings)

  def init(_), do: {:ok, %{}}
  def handle_call(:settings, _from, s), do: {:reply, s, s}
end
