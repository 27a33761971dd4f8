defmodule Upside do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "Sends one item. Must be called before `login/1`."
  def item(i), do: GenServer.call(__MODULE__, {:item, i})
  # finding: documented-order
  def login(name), do: GenServer.call(__MODULE__, {:login, name})

  def init(_), do: {:ok, %{name: nil}}

  def handle_call({:item, _}, _from, %{name: nil} = s), do: {:reply, {:error, :unauthorized}, s}
  def handle_call({:item, i}, _from, s), do: {:reply, {:ok, i}, s}
  def handle_call({:login, name}, _from, s), do: {:reply, :ok, %{s | name: name}}
end
