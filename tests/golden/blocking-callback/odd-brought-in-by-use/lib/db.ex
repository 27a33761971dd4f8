# Functions that `use` of a library brings in mean what the library's manual says.
defmodule Shop.Store do
  use Ecto.Repo, otp_app: :shop, adapter: Ecto.Adapters.Postgres
end

defmodule Shop.Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def total, do: GenServer.call(__MODULE__, :total)

  def init(_), do: {:ok, nil}

  def handle_call(:total, _from, state) do
    # finding: blocking-callback
    {:reply, Shop.Store.aggregate(Shop.Order, :count), state}
  end
end
