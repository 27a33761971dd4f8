# clean: binary-retention
defmodule Stream.Buffer do
  use GenServer

  def init(_), do: {:ok, %{buffer: ""}}

  # The rest of a stream is used up by the next message.
  def handle_info({:tcp, _socket, data}, %{buffer: buffer} = state) do
    <<_length::32, rest::binary>> = buffer <> data
    {:noreply, %{state | buffer: rest}}
  end
end
