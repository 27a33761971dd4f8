defmodule Piped do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}
  # finding: process-for-code-organisation
  def handle_call({:up, s}, _f, st), do: {:reply, s |> String.upcase() |> String.trim(), st}
  def handle_cast({:print, s}, st) do
    # nothing of the state here
    s |> String.upcase() |> IO.puts()
    {:noreply, st}
  end
end
