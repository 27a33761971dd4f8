defmodule Mixer do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_info(:tick, state) do
    # straight, and by way of the router
    # finding: triangle-order
    Drum |> GenServer.cast({:hit, 1})
    Router |> GenServer.cast({:forward, 2})
    {:noreply, state}
  end
end

defmodule Router do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}
  def handle_cast({:forward, n}, s), do: {GenServer.cast(Drum, {:roll, n}), {:noreply, s}} |> elem(1)
end

defmodule Drum do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{last: nil}}
  def handle_cast({:hit, n}, s), do: {:noreply, %{s | last: n}}
  def handle_cast({:roll, n}, s), do: {:noreply, %{s | last: {n, n}}}
end
