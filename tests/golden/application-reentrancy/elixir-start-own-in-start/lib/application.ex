defmodule Garden.Application do
  use Application

  def start(_type, _args) do
    # finding: application-reentrancy
    {:ok, _} = Application.ensure_all_started(:garden)
    Supervisor.start_link([], strategy: :one_for_one)
  end
end
