defmodule Kiosk.Owner do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def prices, do: GenServer.call(__MODULE__, :prices)

  @impl true
  def init(_) do
    {:ok, clerk} = Kiosk.Clerk.start_link([])
    {:ok, %{clerk: clerk, prices: %{tea: 2}}}
  end

  @impl true
  def handle_call(:prices, _from, state), do: {:reply, state.prices, state}
end

defmodule Kiosk.Clerk do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  # The owner is in its init, which waits for this one.
  @impl true
  def init(_), do: {:ok, Kiosk.Owner.prices()}
end
