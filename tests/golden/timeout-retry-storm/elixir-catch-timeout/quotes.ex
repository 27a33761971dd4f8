defmodule Quotes do
  def price(symbol) do
    try do
      GenServer.call(Quotes.Server, {:price, symbol}, 1_000)
    catch
      # finding: timeout-retry-storm
      :exit, {:timeout, _} -> price(symbol)
    end
  end
end
