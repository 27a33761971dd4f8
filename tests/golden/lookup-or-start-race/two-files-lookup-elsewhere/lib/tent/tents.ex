defmodule Tent.Tents do
  alias Tent.Names

  def get(name) do
    if pid = Names.find(name) do
      pid
    else
      # finding: lookup-or-start-race
      {:ok, pid} = DynamicSupervisor.start_child(Tent.Supervisor, {Tent.Tent, name})
      pid
    end
  end
end
