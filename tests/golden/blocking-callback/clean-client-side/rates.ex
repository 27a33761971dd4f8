# clean: blocking-callback
defmodule Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  def rate(currency) do
    {:ok, body} = :httpc.request(currency)
    GenServer.call(__MODULE__, {:put, currency, body})
  end

  def init(rates), do: {:ok, rates}
  def handle_call({:put, k, v}, _from, rates), do: {:reply, v, Map.put(rates, k, v)}
end
