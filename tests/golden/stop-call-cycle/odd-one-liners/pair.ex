defmodule Head do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: Head)
  def init(_), do: {:ok, nil}
  # finding: stop-call-cycle
  def handle_call(:off, _, s), do: {:reply, GenServer.stop(Tail, :normal, 1_000), s}
  def handle_call(:n, _, s), do: {:reply, 1, s}
end

defmodule Tail do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: Tail)
  def init(_), do: {:ok, nil}
  def terminate(_, _), do: Head |> GenServer.call(:n)
end
