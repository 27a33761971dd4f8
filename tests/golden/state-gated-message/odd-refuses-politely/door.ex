defmodule Door do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def join(room), do: GenServer.call(__MODULE__, {:join, room})
  def say(text), do: GenServer.call(__MODULE__, {:say, text})

  def init(_), do: {:ok, %{room: nil}}

  def handle_call({:join, room}, _from, state), do: {:reply, :ok, %{state | room: room}}

  # finding: state-gated-message
  def handle_call({:say, _text}, _from, %{room: nil} = state), do: {:reply, {:error, :not_joined}, state}

  def handle_call({:say, text}, _from, state), do: {:reply, {:ok, state.room, text}, state}
end
