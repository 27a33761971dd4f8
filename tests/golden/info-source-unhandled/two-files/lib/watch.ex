defmodule Watch do
  def add(state, pid) do
    # finding: info-source-unhandled
    Map.put(state, Process.monitor(pid), pid)
  end
end
