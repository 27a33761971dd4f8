# clean: blocking-init
defmodule Crane.Server do
  use GenServer
  def start_link(arg), do: GenServer.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(url) do
    task = Task.async(fn -> HTTPoison.get!(url) end)
    {:ok, %{task: task}}
  end
end
