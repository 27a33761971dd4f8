defmodule Audit.Flooded do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, "audit.log", name: __MODULE__)

  def log_all(entries) do
    Enum.each(entries, fn entry -> GenServer.cast(__MODULE__, {:log, entry}) end)
  end

  @impl true
  def init(path), do: {:ok, path}

  @impl true
  def handle_cast({:log, entry}, path) do
    File.write!(path, [entry, ?\n], [:append])
    {:noreply, path}
  end
end
