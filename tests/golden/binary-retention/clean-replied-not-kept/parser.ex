# clean: binary-retention
defmodule Parser do
  use GenServer

  def init(count), do: {:ok, count}

  def handle_call({:split, packet}, _from, count) do
    <<head::binary-size(100), _rest::binary>> = packet
    {:reply, head, count + 1}
  end
end
