defmodule Mill.Children do
  def all(arg) do
    base() ++ [{Mill.Stone, arg}, {Mill.Sieve, arg}]
  end

  defp base, do: [Mill.Wheel, Mill.Sluice, Mill.Hopper]
end
