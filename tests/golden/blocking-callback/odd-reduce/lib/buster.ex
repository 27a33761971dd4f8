# The body of a comprehension with reduce is a function of what came before.
defmodule Buster do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_), do: {:ok, nil}

  def handle_info({:bust, keys}, state) do
    Cached.bust(keys)
    {:noreply, state}
  end
end

defmodule Cached do
  def bust(keys) do
    for key <- keys, reduce: 0 do
      sum -> sum + bust_one(key)
    end
  end

  defp bust_one(key) do
    # finding: blocking-callback
    :cache |> Cachex.stream!(key) |> Enum.count()
  end
end
