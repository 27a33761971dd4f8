# clean: dynamic-default-intensity
defmodule Post.Parcels do
  use DynamicSupervisor
  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)
  def send(parcel), do: DynamicSupervisor.start_child(__MODULE__, {Post.Parcel, parcel})
  @impl true
  def init(_arg), do: DynamicSupervisor.init(strategy: :one_for_one)
end

defmodule Post.Parcel do
  use GenServer, restart: :temporary
  def start_link(parcel), do: GenServer.start_link(__MODULE__, parcel)
  @impl true
  def init(parcel), do: {:ok, parcel}
end
