# clean: subscribe-after-read
defmodule Board.Early do
  def show(topic) do
    Phoenix.PubSub.subscribe(Board.PubSub, topic)
    items = :ets.lookup(:board, topic)

    receive do
      {:item, item} -> [item | items]
    end
  end
end
