defmodule Deck.Decks do
  use DynamicSupervisor
  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)

  def open(id) do
    # finding: restart-type-mismatch
    DynamicSupervisor.start_child(__MODULE__, %{
      id: id,
      start: {Deck.Deck, :start_link, [id]},
      restart: :permanent
    })
  end

  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end
