defmodule Quotes.Sensible do
  def price(symbol, attempts \\ 3)
  def price(_symbol, 0), do: {:error, :timeout}

  def price(symbol, attempts) do
    deadline = System.monotonic_time(:millisecond) + 1_000

    try do
      # The server drops a request whose deadline is over.
      GenServer.call(Quotes.Server, {:price, symbol, deadline}, 1_000)
    catch
      :exit, {:timeout, _} ->
        Process.sleep(:rand.uniform(500))
        price(symbol, attempts - 1)
    end
  end
end
