defmodule Head do
  # finding: binary-retention
  def title(<<_version::16, size::32, title::binary-size(size), _rest::binary>>), do: title
end
