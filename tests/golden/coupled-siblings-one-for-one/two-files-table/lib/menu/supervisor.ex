defmodule Menu.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    children = [Menu.Board, Menu.Kitchen]
    # finding: coupled-siblings-one-for-one
    Supervisor.init(children, strategy: :one_for_one)
  end
end
