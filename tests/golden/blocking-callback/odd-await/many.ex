defmodule Many do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def all(urls), do: GenServer.call(__MODULE__, {:all, urls})
  def init(_), do: {:ok, nil}

  def handle_call({:all, urls}, _from, s) do
    tasks = Enum.map(urls, fn url -> Task.async(fn -> :httpc.request(url) end) end)
    # finding: blocking-callback
    {:reply, Task.await_many(tasks), s}
  end
end
