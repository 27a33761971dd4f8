defmodule Digits do
  def digits(<<char, rest::binary>>, acc) when char in ?0..?9 do
    digits(rest, acc * 10 + char - ?0)
  end

  # finding: binary-retention
  def digits(<<char, rest::binary>>, acc), do: {acc, <<char, rest::binary>>}
end
