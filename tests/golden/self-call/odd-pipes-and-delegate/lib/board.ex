defmodule Board do
  use GenServer
  @server __MODULE__
  @timeout 2_000

  defdelegate top(), to: Board.Api

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: @server)

  def init(rows), do: {:ok, rows}
  def handle_call({:top, n}, _from, rows), do: {:reply, Enum.take(rows, n), rows}

  def handle_info(:tick, rows) do
    # comments and pipes in between
    top()
    |> Enum.each(&IO.inspect/1)

    {:noreply, rows}
  end

  def server, do: @server
  def timeout, do: @timeout
end
