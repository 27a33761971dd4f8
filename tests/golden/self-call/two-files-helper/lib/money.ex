defmodule Shop.Money do
  alias Shop.Rates

  def convert(amount, currency), do: amount * Rates.rate(currency)
end
