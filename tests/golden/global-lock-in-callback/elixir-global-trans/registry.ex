defmodule Seats do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, %{}}

  def handle_call({:take, seat}, _from, s) do
    # finding: global-lock-in-callback
    result = :global.trans({{:seat, seat}, self()}, fn -> :ok end)
    {:reply, result, s}
  end
end
