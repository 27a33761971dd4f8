defmodule Bank do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  # finding: infinite-timeout-in-callback
  def pay(item, timeout \\ :infinity), do: GenServer.call(__MODULE__, {:pay, item}, timeout)

  def init(_), do: {:ok, nil}

  def handle_call({:pay, item}, _from, s) do
    File.write!("payments", item)
    {:reply, :ok, s}
  end
end
