# clean: lookup-or-start-race
defmodule Cave.Caves do
  # the starter knows the answer
  def get(n), do: if(pid = GenServer.whereis({:global, n}), do: pid, else: start_cave(n))

  defp start_cave(n) do
    with {:error, {:already_started, pid}} <-
           DynamicSupervisor.start_child(Cave.Supervisor, {Cave.Cave, n}),
         do: pid
  end
end
