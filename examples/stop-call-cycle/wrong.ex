defmodule Crew.Chief do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def note(n), do: GenServer.call(__MODULE__, {:note, n})
  def dismiss, do: GenServer.call(__MODULE__, :dismiss)

  @impl true
  def init(_) do
    {:ok, hand} = Crew.Hand.start_link([])
    {:ok, %{hand: hand, sum: 0}}
  end

  @impl true
  def handle_call({:note, n}, _from, state), do: {:reply, :ok, %{state | sum: state.sum + n}}

  # The hand may be in note/1 right now.
  def handle_call(:dismiss, _from, state) do
    {:reply, GenServer.stop(state.hand), %{state | hand: nil}}
  end
end

defmodule Crew.Hand do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  @impl true
  def init(_), do: {:ok, 0}

  @impl true
  def handle_info(:work, n) do
    :ok = Crew.Chief.note(n)
    {:noreply, n + 1}
  end

  @impl true
  def terminate(_reason, _n), do: :ok
end
