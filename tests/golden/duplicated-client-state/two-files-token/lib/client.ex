defmodule Client do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, %{token: nil}}

  def handle_info(:login, state) do
    token = Auth.login("me")
    {:noreply, %{state | token: token}}
  end

  def handle_call(:go, _from, %{token: nil} = state), do: {:reply, {:error, :no_token}, state}
  # finding: duplicated-client-state
  def handle_call(:go, _from, %{token: token} = state) when token != nil do
    {:reply, Auth.use_token(token), state}
  end
end
