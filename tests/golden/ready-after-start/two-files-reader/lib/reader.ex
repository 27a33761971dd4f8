defmodule Reader do
  def all, do: :ets.tab2list(:owned)
end
