defmodule RoomList do
  def pids do
    # finding: hot-supervisor
    for {_, pid, _, _} <- DynamicSupervisor.which_children(Rooms.Supervisor), do: pid
  end
end
