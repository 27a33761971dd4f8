defmodule Tree.Root do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)

  def grow do
    # finding: cast-before-registered
    GenServer.cast(__MODULE__, :grow)
  end

  def init(n), do: {:ok, n}
  def handle_cast(:grow, n), do: {:noreply, n + 1}
end
