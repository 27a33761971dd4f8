defmodule Kiosk.Boss do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def prices, do: GenServer.call(__MODULE__, :prices)

  @impl true
  def init(_) do
    {:ok, helper} = Kiosk.Helper.start_link([])
    {:ok, %{helper: helper, prices: %{tea: 2}}}
  end

  @impl true
  def handle_call(:prices, _from, state), do: {:reply, state.prices, state}
end

defmodule Kiosk.Helper do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  @impl true
  def init(_), do: {:ok, nil, {:continue, :load}}

  # The start has returned by now.
  @impl true
  def handle_continue(:load, _), do: {:noreply, Kiosk.Boss.prices()}
end
