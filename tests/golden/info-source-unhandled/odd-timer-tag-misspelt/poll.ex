defmodule Poll do
  use GenServer
  def init(s), do: {:ok, s |> arm()}
  def handle_info(:pol, s), do: {:noreply, arm(s)}
  # finding: info-source-unhandled
  defp arm(s), do: self() |> Process.send_after(:poll, 1_000) |> then(fn _ -> s end)
end
