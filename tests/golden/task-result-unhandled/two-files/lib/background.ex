defmodule Background do
  def run(fun) do
    # finding: task-result-unhandled
    Task.Supervisor.async_nolink(Background.Tasks, fun)
  end
end
