defmodule Farm.Supervisor do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(arg) do
    children = [Farm.Barn, Farm.Silo] ++ herd(arg)
    # budgets are a matter of taste
    opts = [strategy: :rest_for_one]
    # finding: default-intensity-fanout
    Supervisor.init(children, opts)
  end

  defp herd(:small), do: [Farm.Goat]
  defp herd(_), do: [Farm.Cow, Farm.Sheep, Farm.Horse]
end
