defmodule Wire.Link do
  @delay 5_000

  def open(host) do
    with {:error, _} <- :gen_tcp.connect(host, 9000, []) do
      # finding: reconnect-without-backoff
      Process.send_after(self(), :reconnect, @delay)
    end

    host
  end
end
