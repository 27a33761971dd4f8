defmodule Shop do
  use GenServer
  @patience :infinity

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_call({:order, item}, _from, s) do
    Bank
    # finding: infinite-timeout-in-callback
    |> GenServer.call({:pay, item}, @patience)
    |> then(&{:reply, &1, s})
  end
end

defmodule Bank do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}
  def handle_call({:pay, item}, _, s), do: {:reply, System.cmd("pay", [item]), s}
end
