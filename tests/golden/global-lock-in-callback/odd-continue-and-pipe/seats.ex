defmodule Seats do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, %{}, {:continue, :claim}}

  def handle_continue(:claim, s) do
    {:seats, self()}
    # comment in between
    # finding: global-lock-in-callback
    |> :global.trans(fn -> :ok end)
    |> then(fn _ -> {:noreply, s} end)
  end
end
