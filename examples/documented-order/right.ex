defmodule Vault.Strict do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "Opens the vault. Must be called before `take/1`."
  def open(key), do: GenServer.call(__MODULE__, {:open, key})

  @doc "Takes something out."
  def take(name), do: GenServer.call(__MODULE__, {:take, name})

  @impl true
  def init(_), do: {:ok, %{key: nil, things: %{}}}

  @impl true
  def handle_call({:open, key}, _from, state), do: {:reply, :ok, %{state | key: key}}

  def handle_call({:take, _name}, _from, %{key: nil} = state) do
    {:reply, {:error, :closed}, state}
  end

  def handle_call({:take, name}, _from, state) do
    {thing, things} = Map.pop(state.things, name)
    {:reply, {:ok, thing}, %{state | things: things}}
  end
end
