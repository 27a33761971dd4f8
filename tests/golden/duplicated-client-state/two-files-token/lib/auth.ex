defmodule Auth do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def login(user), do: GenServer.call(__MODULE__, {:login, user})
  def use_token(token), do: GenServer.call(__MODULE__, {:use, token})
  def init(_), do: {:ok, %{}}
  def handle_call({:login, user}, _from, s), do: {:reply, make_ref(), Map.put(s, user, true)}
  def handle_call({:use, token}, _from, s), do: {:reply, is_map_key(s, token), s}
end
