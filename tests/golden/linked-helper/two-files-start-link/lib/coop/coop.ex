defmodule Coop.Coop do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(hens), do: {:ok, hens}

  @impl true
  def handle_call({:add, host}, _from, hens) do
    # finding: linked-helper
    {:ok, pid} = Coop.Hen.start_link(host)
    {:reply, pid, [pid | hens]}
  end
end
