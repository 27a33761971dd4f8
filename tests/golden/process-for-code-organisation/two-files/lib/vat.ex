defmodule Vat do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  # finding: process-for-code-organisation
  def handle_call({:gross, net, country}, _from, _state) do
    {:reply, net * (1 + Rates.of(country)), nil}
  end
end
