defmodule Rates.Waiting do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})

  @impl true
  def init(rates), do: {:ok, rates}

  @impl true
  def handle_call({:rate, currency}, _from, rates) do
    {:ok, {_, _, body}} = :httpc.request(~c"http://rates.example/#{currency}")
    {:reply, body, Map.put(rates, currency, body)}
  end
end
