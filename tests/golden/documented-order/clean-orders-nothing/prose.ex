# clean: documented-order
defmodule Prose do
  use GenServer

  @moduledoc "Keeps values. Before the first release this was an Agent; after that it grew."

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @doc "Sets the value, whatever was there before."
  def set(v), do: GenServer.call(__MODULE__, {:set, v})
  @doc "The value that was set last, or nil first thing in the morning."
  def get, do: GenServer.call(__MODULE__, :get)
  def init(_), do: {:ok, %{v: nil}}
  def handle_call({:set, v}, _from, s), do: {:reply, :ok, %{s | v: v}}
  def handle_call(:get, _from, s), do: {:reply, s.v, s}
end
