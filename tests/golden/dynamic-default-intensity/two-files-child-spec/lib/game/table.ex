defmodule Game.Table do
  use GenServer, restart: :transient

  def open(id), do: DynamicSupervisor.start_child(Game.Tables, {__MODULE__, id})
  def start_link(id), do: GenServer.start_link(__MODULE__, id)
  @impl true
  def init(id), do: {:ok, id}
end
