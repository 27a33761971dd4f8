defmodule Shop.Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  # finding: self-call
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})
  def convert(amount, currency), do: GenServer.call(__MODULE__, {:convert, amount, currency})

  def init(rates), do: {:ok, rates}
  def handle_call({:rate, currency}, _from, rates), do: {:reply, rates[currency], rates}

  def handle_call({:convert, amount, currency}, _from, rates) do
    {:reply, Shop.Money.convert(amount, currency), rates}
  end
end
