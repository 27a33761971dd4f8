# clean: default-intensity-fanout
defmodule Fair.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    children =
      for stall <- [:one, :two, :three, :four, :five, :six] do
        Supervisor.child_spec({Fair.Stall, stall}, id: stall, restart: :temporary)
      end

    Supervisor.init(children, strategy: :one_for_one)
  end
end
