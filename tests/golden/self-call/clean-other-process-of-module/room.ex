# clean: self-call
defmodule Room do
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: {:global, {:room, name}})
  def members(pid) when is_pid(pid), do: GenServer.call(pid, :members)

  def init(name), do: {:ok, %{name: name, members: []}}
  def handle_call(:members, _from, s), do: {:reply, s.members, s}

  # Asked only of other rooms.
  def handle_cast({:merge, other}, s) when other != self() do
    {:noreply, %{s | members: s.members ++ members(other)}}
  end

  def handle_cast({:merge, _self}, s), do: {:noreply, s}
end
