defmodule Mill.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(arg) do
    arg
    |> Mill.Children.all()
    # finding: default-intensity-fanout
    |> Supervisor.init(strategy: :one_for_one)
  end
end
