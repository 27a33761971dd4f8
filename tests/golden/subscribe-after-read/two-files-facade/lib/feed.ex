defmodule Feed do
  def list(user), do: GenServer.call(Feed.Server, {:list, user})

  def subscribe(user) do
    Phoenix.PubSub.subscribe(Feed.PubSub, "feed:" <> user)
  end
end
