defmodule Nest.Egg do
  use GenServer
  @every :timer.minutes(1)

  def start_link(id), do: GenServer.start_link(__MODULE__, id)

  @impl true
  def init(id), do: {:ok, schedule(id)}

  @impl true
  def handle_info(:turn, id), do: {:noreply, id |> turn() |> schedule()}

  defp schedule(id) do
    # finding: unjittered-timer
    Process.send_after(self(), :turn, @every)
    id
  end

  defp turn(id) do
    HTTPoison.get!("http://nest.example")
    id
  end
end
