# clean: unjittered-timer
defmodule Lamp.Server do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(s) do
    Process.send_after(self(), :check, 1_000)
    {:ok, s}
  end

  @impl true
  def handle_info(:check, s) do
    HTTPoison.get!("http://lamp.example")
    Process.send_after(self(), :check, 1_000)
    {:noreply, s}
  end
end
