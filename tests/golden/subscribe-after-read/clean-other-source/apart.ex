# clean: subscribe-after-read
defmodule Apart do
  def init(user, room) do
    settings = Apart.Settings.get(user)
    Phoenix.PubSub.subscribe(Apart.PubSub, room)
    {:ok, settings}
  end
end

defmodule Apart.Settings do
  def get(user), do: :ets.lookup(:settings, user)
end
