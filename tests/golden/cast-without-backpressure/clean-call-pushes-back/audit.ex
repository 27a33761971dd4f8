# clean: cast-without-backpressure
defmodule Audit do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, "audit.log", name: __MODULE__)
  def log_all(entries), do: Enum.each(entries, &GenServer.call(__MODULE__, {:log, &1}))

  def init(path), do: {:ok, path}

  def handle_call({:log, entry}, _from, path) do
    File.write!(path, entry, [:append])
    {:reply, :ok, path}
  end
end
