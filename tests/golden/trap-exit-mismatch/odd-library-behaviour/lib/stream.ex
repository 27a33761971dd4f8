# The library's process may trap exits for the module: possible only.
defmodule Stream.Client do
  use Postgrex.ReplicationConnection

  def start_link(opts), do: Postgrex.ReplicationConnection.start_link(__MODULE__, opts, opts)

  def init(opts), do: {:ok, opts}

  # finding: trap-exit-mismatch
  def handle_info({:EXIT, _pid, reason}, _state), do: exit(reason)
end
