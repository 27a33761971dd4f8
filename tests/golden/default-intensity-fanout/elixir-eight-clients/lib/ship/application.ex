defmodule Ship.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      Ship.Radar,
      Ship.Sonar,
      Ship.Engine,
      Ship.Rudder,
      Ship.Radio,
      {Task.Supervisor, name: Ship.Tasks}
    ]

    # finding: default-intensity-fanout
    Supervisor.start_link(children, strategy: :one_for_one, name: Ship.Supervisor)
  end
end
