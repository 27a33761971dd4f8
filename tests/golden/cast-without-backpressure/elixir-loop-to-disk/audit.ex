defmodule Audit do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, "audit.log", name: __MODULE__)

  def log_all(entries) do
    Enum.each(entries, fn entry ->
      # finding: cast-without-backpressure
      GenServer.cast(__MODULE__, {:log, entry})
    end)
  end

  def init(path), do: {:ok, path}

  def handle_cast({:log, entry}, path) do
    File.write!(path, entry, [:append])
    {:noreply, path}
  end
end
