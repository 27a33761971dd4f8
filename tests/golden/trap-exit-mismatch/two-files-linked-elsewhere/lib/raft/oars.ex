defmodule Raft.Oars do
  def start, do: Enum.map(1..4, &row/1)
  defp row(n), do: spawn_link(fn -> Process.sleep(n * 1_000) end)
end
