defmodule Till.Endless do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def sell(item), do: GenServer.call(__MODULE__, {:sell, item})

  @impl true
  def init(sold), do: {:ok, sold}

  @impl true
  def handle_call({:sell, item}, _from, sold) do
    {:reply, GenServer.call(Till.Bank, {:charge, item}, :infinity), [item | sold]}
  end
end

defmodule Till.Bank do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, nil}

  @impl true
  def handle_call({:charge, item}, _from, state) do
    {:reply, :httpc.request("http://bank.example/" <> item), state}
  end
end
