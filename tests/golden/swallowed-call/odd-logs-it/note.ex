defmodule Note do
  use GenServer
  require Logger

  def init(_), do: {:ok, %{}}
  def handle_call(:all, _from, state), do: {:reply, state, state}

  # finding: swallowed-call
  def handle_call(message, _from, state) do
    # nobody should send these
    message |> inspect() |> Logger.warning()
    {:noreply, state}
  end
end
