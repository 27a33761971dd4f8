defmodule Farm.Worker do
  use GenServer
  require Logger

  def start_link(arg), do: GenServer.start_link(__MODULE__, arg)

  def init(arg) do
    Process.flag(:trap_exit, true)
    {:ok, arg}
  end

  def terminate(_reason, _state) do
    Logger.info("#{Farm.Pool.size()} workers are left")
  end
end
