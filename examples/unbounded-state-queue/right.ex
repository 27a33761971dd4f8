defmodule Desk.Watched do
  use GenServer

  @limit 100

  def start_link(_), do: GenServer.start_link(__MODULE__, 2, name: __MODULE__)
  def enter, do: GenServer.call(__MODULE__, :enter)
  def leave, do: GenServer.cast(__MODULE__, :leave)

  @impl true
  def init(free), do: {:ok, %{free: free, waiting: []}}

  @impl true
  def handle_call(:enter, {pid, _} = from, %{free: 0} = state) do
    if length(state.waiting) < @limit do
      {:noreply, %{state | waiting: state.waiting ++ [{Process.monitor(pid), from}]}}
    else
      {:reply, {:error, :full}, state}
    end
  end

  def handle_call(:enter, _from, state), do: {:reply, :ok, %{state | free: state.free - 1}}

  @impl true
  def handle_cast(:leave, %{waiting: [{ref, from} | rest]} = state) do
    Process.demonitor(ref, [:flush])
    GenServer.reply(from, :ok)
    {:noreply, %{state | waiting: rest}}
  end

  def handle_cast(:leave, state), do: {:noreply, %{state | free: state.free + 1}}

  @impl true
  def handle_info({:DOWN, ref, :process, _pid, _reason}, state) do
    {:noreply, %{state | waiting: List.keydelete(state.waiting, ref, 0)}}
  end
end
