defmodule Machine do
  use GenServer

  def init(_), do: {:ok, %{}}

  # finding: missing-reply
  def handle_call({:step, _n}, _from, state) do
    Next.step(state)
  end
end
