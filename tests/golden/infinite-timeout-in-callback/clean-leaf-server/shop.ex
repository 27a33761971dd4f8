# clean: infinite-timeout-in-callback
defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}

  # What answers does a bounded bit of work and waits for nobody.
  def handle_call({:order, item}, _from, s) do
    {:reply, GenServer.call(Prices, {:price, item}, :infinity), s}
  end
end

defmodule Prices do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def init(s), do: {:ok, s}
  def handle_call({:price, item}, _from, s), do: {:reply, s[item], s}
end
