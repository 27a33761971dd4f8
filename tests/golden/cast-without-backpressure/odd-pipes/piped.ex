defmodule Piped do
  use GenServer
  @me __MODULE__
  def start_link(_), do: GenServer.start_link(@me, nil, name: @me)
  # finding: cast-without-backpressure
  def all(list), do: list |> Stream.map(&{:put, &1}) |> Enum.each(&(@me |> GenServer.cast({:put, &1})))
  def init(_), do: {:ok, nil}
  def handle_cast({:put, x}, s), do: {:noreply, x |> :httpc.request() |> then(fn _ -> s end)}
end
