defmodule Garden.Server do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    unless File.exists?("garden.txt"), do: Garden.Stop.now()
    {:ok, nil}
  end
end
