# clean: application-reentrancy
defmodule Mix.Tasks.Garden.Water do
  use Mix.Task

  def run(_) do
    {:ok, _} = Application.ensure_all_started(:garden)
    :ok = Application.stop(:garden)
  end
end
