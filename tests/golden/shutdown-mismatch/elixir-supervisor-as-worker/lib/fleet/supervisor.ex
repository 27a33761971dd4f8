defmodule Fleet.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    children = [
      # finding: shutdown-mismatch
      %{id: Fleet.Ships, start: {Fleet.Ships, :start_link, [[]]}}
    ]

    Supervisor.init(children, strategy: :one_for_one)
  end
end

defmodule Fleet.Ships do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg), do: Supervisor.init([Fleet.Tug], strategy: :one_for_one)
end
