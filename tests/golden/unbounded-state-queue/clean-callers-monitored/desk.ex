# clean: unbounded-state-queue
defmodule Desk do
  use GenServer

  def init(_), do: {:ok, %{waiting: :queue.new()}}

  def handle_call(:enter, {pid, _} = from, state) do
    ref = Process.monitor(pid)
    {:noreply, %{state | waiting: :queue.in({ref, from}, state.waiting)}}
  end

  def handle_cast(:leave, state) do
    {{:value, {_ref, from}}, rest} = :queue.out(state.waiting)
    GenServer.reply(from, :ok)
    {:noreply, %{state | waiting: rest}}
  end

  def handle_info({:DOWN, ref, _, _, _}, state) do
    {:noreply, %{state | waiting: :queue.filter(&(elem(&1, 0) != ref), state.waiting)}}
  end
end
