defmodule Shop do
  use Base

  def init(_), do: {:ok, []}
  def handle_call({:buy, item}, _from, items), do: {:reply, :ok, [item | items]}

  # finding: swallowed-call
  def handle_call(_, _, items) do
    {:noreply, items}
  end
end
