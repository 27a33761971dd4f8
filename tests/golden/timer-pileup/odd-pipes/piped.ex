defmodule Piped do
  use GenServer

  @tick :tick

  def init(s), do: {:ok, s |> arm()}
  def handle_call(:kick, _from, s), do: {:reply, :ok, s |> arm()}

  def handle_info(@tick, s), do: {:noreply, s |> arm()}

  # finding: timer-pileup
  defp arm(s), do: self() |> Process.send_after(@tick, 1_000) |> then(fn _ -> s end)
end
