# clean: blocking-callback
defmodule Rates do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def rate(currency), do: GenServer.call(__MODULE__, {:rate, currency})

  def init(rates), do: {:ok, rates}

  def handle_call({:rate, currency}, from, rates) do
    Task.start(fn -> GenServer.reply(from, :httpc.request(currency)) end)
    {:noreply, rates}
  end
end
