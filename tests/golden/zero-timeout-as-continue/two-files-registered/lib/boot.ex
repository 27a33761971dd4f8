defmodule Boot do
  def start_link(opts), do: GenServer.start_link(Boot.Server, opts, name: Boot.Server)
end
