# clean: timeout-retry-storm
defmodule Quotes do
  def price(_symbol, 0), do: {:error, :timeout}

  def price(symbol, attempts) do
    GenServer.call(Quotes.Server, {:price, symbol}, 1_000)
  catch
    :exit, {:timeout, _} ->
      Process.sleep(:rand.uniform(500))
      price(symbol, attempts - 1)
  end
end
