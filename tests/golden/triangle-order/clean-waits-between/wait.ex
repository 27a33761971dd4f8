# clean: triangle-order
defmodule Boss do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_info(:go, state) do
    :ok = GenServer.call(Desk, {:file, 1})
    GenServer.cast(Store, {:keep, 1})
    {:noreply, state}
  end
end

defmodule Desk do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}
  def handle_call({:file, n}, _from, s), do: {:reply, GenServer.call(Store, {:file, n}), s}
end

defmodule Store do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{last: nil}}
  def handle_call({:file, n}, _from, s), do: {:reply, :ok, %{s | last: n}}
  def handle_cast({:keep, n}, s), do: {:noreply, %{s | last: n}}
end
