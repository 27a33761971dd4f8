defmodule Crew.Mate do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def note(n), do: GenServer.call(__MODULE__, {:note, n})
  def dismiss, do: GenServer.cast(__MODULE__, :dismiss)

  @impl true
  def init(_) do
    {:ok, boy} = Crew.Boy.start_link([])
    {:ok, %{boy: boy, sum: 0}}
  end

  @impl true
  def handle_call({:note, n}, _from, state), do: {:reply, :ok, %{state | sum: state.sum + n}}

  # Asked to stop; the owner goes on and can answer its last request.
  @impl true
  def handle_cast(:dismiss, state) do
    GenServer.cast(state.boy, :stop)
    {:noreply, %{state | boy: nil}}
  end
end

defmodule Crew.Boy do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  @impl true
  def init(_), do: {:ok, 0}

  @impl true
  def handle_info(:work, n) do
    :ok = Crew.Mate.note(n)
    {:noreply, n + 1}
  end

  @impl true
  def handle_cast(:stop, n), do: {:stop, :normal, n}
end
