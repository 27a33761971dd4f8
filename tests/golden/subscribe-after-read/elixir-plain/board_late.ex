defmodule Board.Late do
  def show(topic) do
    items = :ets.lookup(:board, topic)
    # finding: subscribe-after-read
    Phoenix.PubSub.subscribe(Board.PubSub, topic)

    receive do
      {:item, item} -> [item | items]
    end
  end
end
