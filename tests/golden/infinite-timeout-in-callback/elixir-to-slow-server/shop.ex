defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.call(__MODULE__, {:order, item})

  def init(_), do: {:ok, []}

  def handle_call({:order, item}, _from, s) do
    # finding: infinite-timeout-in-callback
    paid = GenServer.call(Bank, {:pay, item}, :infinity)
    {:reply, paid, [item | s]}
  end
end

defmodule Bank do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_call({:pay, item}, _from, s) do
    {:ok, {_, _, body}} = :httpc.request("http://bank.example/" <> item)
    {:reply, body, s}
  end
end
