defmodule Piped do
  use GenServer
  def init(_), do: {:ok, nil}
  # finding: hot-supervisor
  def handle_call(:n, _f, s), do: Sup |> Supervisor.count_children() |> then(&{:reply, &1.active, s})
end
