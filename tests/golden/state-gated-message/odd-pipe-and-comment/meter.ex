defmodule Meter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def load(list), do: GenServer.cast(__MODULE__, {:load, list})
  def total, do: GenServer.call(__MODULE__, :total)

  def init(_), do: {:ok, %{values: nil}}

  def handle_cast({:load, list}, state), do: {:noreply, put_in(state.values, list)}

  def handle_call(:total, _from, %{values: values} = state) do
    total =
      values
      # nothing was loaded: nil is no list
      # finding: state-gated-message
      |> Enum.sum()

    {:reply, total, state}
  end
end
