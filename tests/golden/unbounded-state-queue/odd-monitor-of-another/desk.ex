defmodule Desk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def ask(what), do: GenServer.call(__MODULE__, {:ask, what})

  def init(_), do: {:ok, %{line: nil, waiting: :queue.new()}}

  # The monitor is for the line, not for the caller.
  def handle_call({:ask, what}, from, %{line: nil} = state) do
    {:ok, line} = Phone.open("example.org")
    Process.monitor(line)
    # finding: unbounded-state-queue
    {:noreply, %{state | line: line, waiting: :queue.in({from, what}, state.waiting)}}
  end

  def handle_info({:answer, text}, state) do
    {{:value, {from, _}}, waiting} = :queue.out(state.waiting)
    GenServer.reply(from, text)
    {:noreply, %{state | waiting: waiting}}
  end
end
