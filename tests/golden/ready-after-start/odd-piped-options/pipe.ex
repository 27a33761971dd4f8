defmodule Pipe do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def has?(key), do: :pipe |> :ets.member(key)
  def init(_), do: {:ok, nil, {:continue, :go}}

  def handle_continue(:go, _state) do
    # made late, as loading takes long
    # finding: ready-after-start
    :pipe |> :ets.new([:named_table, :protected])
    {:noreply, :loaded}
  end
end
