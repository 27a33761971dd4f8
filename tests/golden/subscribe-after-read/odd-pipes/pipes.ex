defmodule Pipes do
  # first the answer, then the announcement
  def get_all(topic) do
    now = topic |> get_now()
    # finding: subscribe-after-read
    topic |> subscribe()
    now
  end

  def get_now(topic), do: :ets.lookup(:pipes, topic)
  def subscribe(topic), do: Phoenix.PubSub.subscribe(Pipes.PubSub, topic)
end
