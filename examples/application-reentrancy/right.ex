defmodule Garden.Table do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_) do
    Process.flag(:trap_exit, true)
    {:ok, nil}
  end

  # Nobody has to answer.
  @impl true
  def terminate(_reason, _state), do: :persistent_term.put({:garden, :open}, false)
end
