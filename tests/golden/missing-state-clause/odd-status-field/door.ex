defmodule Door do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def lock, do: GenServer.call(__MODULE__, :lock)
  def open, do: GenServer.call(__MODULE__, :open)

  def init(_), do: {:ok, %{status: :closed}}

  # finding: missing-state-clause
  def handle_call(:lock, _from, %{status: :closed} = s), do: {:reply, :ok, %{s | status: :locked}}
  def handle_call(:lock, _from, %{status: :locked} = s), do: {:reply, :ok, s}
  def handle_call(:open, _from, s), do: {:reply, :ok, %{s | status: :open}}
end
