defmodule Board.Api do
  def top(n \\ 3) do
    Board
    # finding: self-call
    |> GenServer.call({:top, n}, 2_000)
  end
end
