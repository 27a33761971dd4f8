defmodule FileBox do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def open(path), do: GenServer.call(__MODULE__, {:open, path})
  def shut, do: GenServer.call(__MODULE__, :shut)
  def read, do: GenServer.call(__MODULE__, :read)

  def init(_), do: {:ok, %{path: nil}}
  def handle_call({:open, path}, _from, s), do: {:reply, :ok, %{s | path: path}}
  def handle_call(:shut, _from, s), do: {:reply, :ok, %{s | path: nil}}
  def handle_call(:read, _from, %{path: nil} = s), do: {:reply, {:error, :closed}, s}
  def handle_call(:read, _from, s), do: {:reply, {:ok, s.path}, s}
end
