defmodule Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})
  def known, do: GenServer.call(__MODULE__, :known)

  def init(rates), do: {:ok, rates}

  def handle_call({:rate, currency}, _from, rates) do
    # finding: blocking-callback
    {:ok, body} = :httpc.request(currency)
    {:reply, body, Map.put(rates, currency, body)}
  end

  def handle_call(:known, _from, rates), do: {:reply, Map.keys(rates), rates}
end
