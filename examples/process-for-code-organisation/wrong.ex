defmodule Vat.Queueing do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def gross(net, rate), do: GenServer.call(__MODULE__, {:gross, net, rate})

  @impl true
  def init(_), do: {:ok, nil}

  @impl true
  def handle_call({:gross, net, rate}, _from, state), do: {:reply, net * (1 + rate), state}
end
