# clean: application-reentrancy
defmodule Garden.Server do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # The process that stops the application is not part of it.
  def init(_) do
    spawn(fn -> :garden |> Application.stop() end)
    {:ok, nil}
  end
end
