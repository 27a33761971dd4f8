# clean: triangle-order
defmodule P do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_info(:go, state) do
    GenServer.cast(R, :left)
    GenServer.cast(Q, :go)
    {:noreply, state}
  end
end

defmodule Q do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_cast(:go, state) do
    GenServer.cast(R, :right)
    {:noreply, state}
  end
end

defmodule R do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, %{left: nil, right: nil}}
  def handle_cast(:left, s), do: {:noreply, %{s | left: true}}
  def handle_cast(:right, s), do: {:noreply, %{s | right: true}}
end
