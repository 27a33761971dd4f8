# clean: lookup-or-start-race
defmodule Cart.Carts do
  def get(id) do
    case DynamicSupervisor.start_child(Cart.Supervisor, {Cart.Cart, id}) do
      {:ok, pid} -> pid
      {:error, {:already_started, pid}} -> pid
    end
  end
end
