# clean: zero-timeout-as-continue
defmodule Once do
  use GenServer

  def start_link(job), do: GenServer.start_link(__MODULE__, job)

  def init(job), do: {:ok, job, 0}

  def handle_info(:timeout, job) do
    job.()
    {:noreply, job}
  end

  def handle_call(:job, _from, job), do: {:reply, job, job}
end
