# clean: receive-in-callback
defmodule Worker do
  use GenServer

  def init(_), do: {:ok, nil}

  def handle_cast({:run, pid}, state) do
    spawn_link(fn ->
      send(pid, {:hello, self()})

      receive do
        answer -> IO.inspect(answer)
      end
    end)

    {:noreply, state}
  end
end
