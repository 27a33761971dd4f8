# clean: hot-supervisor
defmodule Boot do
  use GenServer

  def init(names), do: {:ok, names, {:continue, :start}}

  def handle_continue(:start, names) do
    Enum.each(names, &DynamicSupervisor.start_child(Rooms.Supervisor, {Room, &1}))
    {:noreply, names}
  end
end
