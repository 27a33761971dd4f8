# clean: infinite-timeout-in-callback
defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}

  def handle_call({:order, item}, _from, s) do
    {:reply, GenServer.call(Bank, {:pay, item}, 2_000), [item | s]}
  end

  # A task may wait as long as it likes.
  def handle_cast({:order, item}, s) do
    Task.start(fn -> GenServer.call(Bank, {:pay, item}, :infinity) end)
    {:noreply, [item | s]}
  end
end

defmodule Bank do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_call({:pay, item}, _from, s) do
    File.write!("payments", item)
    {:reply, :ok, s}
  end
end
