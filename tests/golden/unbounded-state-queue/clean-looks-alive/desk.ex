# clean: unbounded-state-queue
defmodule Desk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def ask(what), do: GenServer.call(__MODULE__, {:ask, what})

  def init(_), do: {:ok, %{waiting: :queue.new()}}

  def handle_call({:ask, what}, from, state) do
    {:noreply, %{state | waiting: :queue.in({from, what}, state.waiting)}}
  end

  def handle_info({:answer, text}, state) do
    {:noreply, %{state | waiting: serve(:queue.out(state.waiting), text)}}
  end

  defp serve({:empty, rest}, _text), do: rest

  defp serve({{:value, {{pid, _} = from, _}}, rest}, text) do
    if Process.alive?(pid) do
      GenServer.reply(from, text)
      rest
    else
      serve(:queue.out(rest), text)
    end
  end
end
