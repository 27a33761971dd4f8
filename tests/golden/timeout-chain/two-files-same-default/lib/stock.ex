defmodule Stock do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def reserve(item) do
    # finding: timeout-chain
    GenServer.call(__MODULE__, {:reserve, item})
  end

  def init(_), do: {:ok, nil}

  def handle_call({:reserve, item}, _from, state) do
    {:reply, :httpc.request(item), state}
  end
end
