defmodule Seats.Locking do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  @impl true
  def init(taken), do: {:ok, taken}

  @impl true
  def handle_call({:take, seat}, _from, taken) do
    :global.trans({{:seat, seat}, self()}, fn -> :ok end)
    {:reply, :ok, Map.put(taken, seat, true)}
  end
end
