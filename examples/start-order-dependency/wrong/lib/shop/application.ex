defmodule Shop.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      Shop.Till,
      Shop.Prices
    ]

    Supervisor.start_link(children, strategy: :one_for_one)
  end
end

defmodule Shop.Prices do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def all, do: GenServer.call(__MODULE__, :all)

  @impl true
  def init(prices), do: {:ok, prices}

  @impl true
  def handle_call(:all, _from, prices), do: {:reply, prices, prices}
end

defmodule Shop.Till do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, Shop.Prices.all()}
end
