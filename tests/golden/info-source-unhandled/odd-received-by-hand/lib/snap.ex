# A receive in the clause takes the timer's message: possible only.
defmodule Snap do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [])

  def init(_), do: {:ok, nil, {:continue, :snap}}

  def handle_continue(:snap, state) do
    # finding: info-source-unhandled
    Process.send_after(self(), {:too_slow, 1}, 1_000)
    task = Task.async(fn -> File.read("snap") end)
    ref = task.ref

    receive do
      {^ref, _data} -> {:stop, :normal, state}
      {:too_slow, _} -> {:stop, :too_slow, state}
    end
  end
end
