defmodule Sync do
  use GenServer
  defstruct [:table, every: 5_000]

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts)
  def size(pid), do: GenServer.call(pid, :size)

  def init(_opts) do
    state = %__MODULE__{}
    # finding: init-self-send-race
    :erlang.send_after(state.every, self(), :build)
    {:ok, state}
  end

  def handle_info(:build, %__MODULE__{} = state) do
    {:noreply, %__MODULE__{state | table: Map.new([])}}
  end

  def handle_call(:size, _from, state), do: {:reply, map_size(state.table), state}
end
