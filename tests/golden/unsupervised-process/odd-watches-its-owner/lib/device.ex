# The started process ends with its owner, or is handed to the caller: possible only.
defmodule Device do
  use GenServer

  def open(owner), do: GenServer.start(__MODULE__, owner)

  def init(owner) do
    Process.monitor(owner)
    {:ok, owner}
  end

  def handle_info({:DOWN, _, _, _, _}, owner), do: {:stop, :normal, owner}
end

defmodule Snapshot do
  use GenServer

  def open(data), do: GenServer.start(__MODULE__, data)

  def init(data), do: {:ok, data}

  def handle_call(:read, _from, data), do: {:reply, data, data}
end

defmodule Capture do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_), do: {:ok, %{}}

  def handle_call({:capture, name}, {pid, _}, state) do
    # finding: unsupervised-process
    {:ok, device} = Device.open(pid)
    {:reply, :ok, Map.put(state, name, device)}
  end

  def handle_call(:snapshot, _from, state) do
    # finding: unsupervised-process
    {:ok, copy} = Snapshot.open(state)
    {:reply, {:ok, copy}, state}
  end
end
