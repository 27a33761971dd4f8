defmodule Rooms.Registered do
  # Each room registers itself; a lookup is a read of a table.
  def find(name) do
    case Registry.lookup(Rooms.Registry, name) do
      [{pid, _}] -> {:ok, pid}
      [] -> :error
    end
  end
end
