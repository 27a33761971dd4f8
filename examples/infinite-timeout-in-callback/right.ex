defmodule Till.Bounded do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def sell(item), do: GenServer.call(__MODULE__, {:sell, item})

  @impl true
  def init(sold), do: {:ok, sold}

  # A limit, well below the caller's own.
  @impl true
  def handle_call({:sell, item}, _from, sold) do
    {:reply, GenServer.call(Till.Bank, {:charge, item}, 2_000), [item | sold]}
  end
end
