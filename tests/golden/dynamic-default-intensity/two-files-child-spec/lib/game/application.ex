defmodule Game.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      # finding: dynamic-default-intensity
      {DynamicSupervisor, name: Game.Tables, strategy: :one_for_one}
    ]

    Supervisor.start_link(children, strategy: :one_for_one)
  end
end
