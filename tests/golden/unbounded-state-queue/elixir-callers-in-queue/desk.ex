defmodule Desk do
  use GenServer

  def init(free), do: {:ok, %{free: free, waiting: :queue.new()}}

  def handle_call(:enter, from, state) do
    # finding: unbounded-state-queue
    {:noreply, %{state | waiting: :queue.in(from, state.waiting)}}
  end

  def handle_cast(:leave, state) do
    {{:value, from}, rest} = :queue.out(state.waiting)
    GenServer.reply(from, :ok)
    {:noreply, %{state | waiting: rest}}
  end
end
