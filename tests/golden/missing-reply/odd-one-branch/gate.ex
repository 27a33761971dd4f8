defmodule Gate do
  use GenServer
  def init(_), do: {:ok, :closed}
  # finding: missing-reply
  def handle_call(:pass, _from, :closed), do: {:noreply, :closed}
  def handle_call(:pass, _from, :open), do: {:reply, :ok, :open}
end
