defmodule Boot.Server do
  use GenServer

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts, name: __MODULE__)

  # finding: zero-timeout-as-continue
  def init(opts), do: {:ok, opts, 0}

  def handle_info(:timeout, state), do: {:noreply, Keyword.put(state, :ready, true)}
  def handle_cast({:opt, k, v}, state), do: {:noreply, Keyword.put(state, k, v)}
end
