defmodule Desk.Endless do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 2, name: __MODULE__)
  def enter, do: GenServer.call(__MODULE__, :enter)
  def leave, do: GenServer.cast(__MODULE__, :leave)

  @impl true
  def init(free), do: {:ok, %{free: free, waiting: :queue.new()}}

  @impl true
  def handle_call(:enter, from, %{free: 0} = state) do
    {:noreply, %{state | waiting: :queue.in(from, state.waiting)}}
  end

  def handle_call(:enter, _from, state), do: {:reply, :ok, %{state | free: state.free - 1}}

  @impl true
  def handle_cast(:leave, state) do
    case :queue.out(state.waiting) do
      {{:value, from}, rest} ->
        GenServer.reply(from, :ok)
        {:noreply, %{state | waiting: rest}}

      {:empty, _} ->
        {:noreply, %{state | free: state.free + 1}}
    end
  end
end
