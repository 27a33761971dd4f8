defmodule Cart.Carts do
  def get(id) do
    case Registry.lookup(Cart.Registry, id) do
      [{pid, _}] ->
        pid

      [] ->
        {:ok, pid} = DynamicSupervisor.start_child(Cart.Supervisor, {Cart.Cart, id})
        pid
    end
  end
end
