defmodule Parent do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def settings, do: GenServer.call(__MODULE__, :settings)

  def init(_) do
    {:ok, worker} = Worker.start_link([])
    {:ok, %{worker: worker, settings: []}}
  end

  def handle_call(:settings, _from, s), do: {:reply, s.settings, s}
end

defmodule Worker do
  use GenServer

  # finding: boot-order-cycle
  def start_link(args), do: GenServer.start_link(__MODULE__, args)

  def init(_), do: {:ok, Parent.settings()}
end
