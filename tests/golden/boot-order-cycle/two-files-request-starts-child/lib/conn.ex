defmodule Pool.Conn do
  use GenServer

  # finding: boot-order-cycle
  def start_link(pool), do: GenServer.start_link(__MODULE__, pool)

  def init(pool) do
    {:ok, %{pool: pool, options: Pool.options()}}
  end
end
