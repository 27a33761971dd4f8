# clean: self-call
defmodule Store do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def all, do: GenServer.call(__MODULE__, {:run, fn items -> items end})
  def add(item), do: update([], &[item | &1])

  # The fun is the last of three arguments; the default stands in a head of its own.
  def update(name, options \\ [], fun)
  def update(_name, _options, fun), do: GenServer.call(__MODULE__, {:run, fun})

  # Runs in the client.
  def count(then), do: then.(length(all()))

  def init(items), do: {:ok, items}
  def handle_call({:run, fun}, _from, items), do: {:reply, fun.(items), items}
end
