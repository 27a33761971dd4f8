# clean: linked-helper
defmodule Duck.Duck do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(s), do: {:ok, s}
  @impl true
  def handle_call({:ask, url}, _from, s) do
    answer = fn -> HTTPoison.get!(url) end |> Task.async() |> Task.await()
    {:reply, answer, s}
  end
end
