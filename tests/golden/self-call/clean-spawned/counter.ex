# clean: self-call
defmodule Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def value, do: GenServer.call(__MODULE__, :value)

  def init(n), do: {:ok, n}
  def handle_call(:value, _from, n), do: {:reply, n, n}

  # The call is made by another process, and nobody here waits for it.
  def handle_cast(:report, n) do
    Task.start(fn -> IO.puts("count is #{value()}") end)
    spawn(fn -> IO.puts(value()) end)
    {:noreply, n}
  end
end
