defmodule Event do
  defstruct [:at, :what]
  def new(what), do: %__MODULE__{at: System.os_time(), what: what}
end
