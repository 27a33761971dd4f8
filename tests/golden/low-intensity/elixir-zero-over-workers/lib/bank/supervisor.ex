defmodule Bank.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    children = [Bank.Vault, Bank.Teller, Bank.Clock]
    # finding: low-intensity
    Supervisor.init(children, strategy: :one_for_one, max_restarts: 0)
  end
end
