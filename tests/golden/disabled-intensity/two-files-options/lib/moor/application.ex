defmodule Moor.Application do
  use Application

  @impl true
  def start(_type, _args) do
    Supervisor.start_link([Moor.Anchor], Moor.Options.supervisor())
  end
end
