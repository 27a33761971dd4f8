defmodule Board.Late do
  def show(topic) do
    items = :ets.lookup(:board, topic)
    Phoenix.PubSub.subscribe(Board.PubSub, topic)

    receive do
      {:item, item} -> [item | items]
    end
  end
end
