# clean: terminate-without-trap-exit
defmodule Rivet.Rivet do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(s), do: s |> tap(fn _ -> Rivet.Flags.set() end) |> then(&{:ok, &1})
  @impl true
  def terminate(_, s), do: GenServer.call(:rivet_board, {:leave, s})
end

defmodule Rivet.Flags do
  def set, do: Process.flag(:trap_exit, true)
end
