defmodule Vat.Plain do
  def gross(net, rate), do: net * (1 + rate)
end
