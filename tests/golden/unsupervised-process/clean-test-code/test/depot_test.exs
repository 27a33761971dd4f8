# clean: unsupervised-process
defmodule DepotTest do
  use ExUnit.Case

  test "opens" do
    spawn(fn -> :ok end)
    {:ok, pid} = GenServer.start(Shelf, [])
    assert Process.alive?(pid)
  end
end
