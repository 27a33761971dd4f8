defmodule Menu.Board do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_), do: {:ok, :ets.new(:menu_board, [:named_table, :public])}
end

defmodule Menu.Kitchen do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_) do
    :ets.insert(:menu_board, {:soup, 4})
    {:ok, []}
  end
end
