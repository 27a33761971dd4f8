defmodule Odd do
  use GenServer
  @name :odd
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: @name)
  def go(x), do: GenServer.call(@name, x)
  def init(_), do: {:ok, nil}

  def handle_call(url, _from, s) do
    url
    # first the request
    # finding: blocking-callback
    |> :httpc.request()
    # then the answer
    |> then(&{:reply, &1, s})
  end
end
