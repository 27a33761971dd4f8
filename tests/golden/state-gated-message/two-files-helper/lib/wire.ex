defmodule Link.Wire do
  def push(pid, item) do
    # finding: state-gated-message
    GenServer.call(pid, {:item, item})
  end
end
