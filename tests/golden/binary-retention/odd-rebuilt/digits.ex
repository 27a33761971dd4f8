defmodule Digits do
  # finding: binary-retention
  def digits(<<char, rest::binary>>, acc) when char in ?0..?9 do
    digits(rest, acc * 10 + char - ?0)
  end

  def digits(rest, acc), do: {acc, rest}
end
