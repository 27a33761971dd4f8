defmodule View do
  def mount(user, socket) do
    items = Feed.list(user)
    # finding: subscribe-after-read
    Feed.subscribe(user)
    {:ok, {socket, items}}
  end
end
