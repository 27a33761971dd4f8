defmodule Stall.Knowing do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def sold, do: GenServer.call(__MODULE__, :sold)
  def report, do: GenServer.call(__MODULE__, :report)

  @impl true
  def init(sold), do: {:ok, sold}

  @impl true
  def handle_call(:sold, _from, sold), do: {:reply, sold, sold}

  # The state is at hand.
  def handle_call(:report, _from, sold), do: {:reply, "sold: #{sold}", sold}
end
