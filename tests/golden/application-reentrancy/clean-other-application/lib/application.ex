# clean: application-reentrancy
defmodule Garden.Application do
  use Application

  # Another application that does not depend on this one, and a setting: both work.
  def start(_type, _args) do
    {:ok, _} = Application.ensure_all_started(:crypto)
    Application.put_env(:garden, :started_at, System.system_time())
    Supervisor.start_link([], strategy: :one_for_one)
  end
end
