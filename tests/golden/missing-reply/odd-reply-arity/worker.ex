defmodule Worker do
  use GenServer

  def init(_), do: {:ok, nil}

  def handle_call({:run, fun}, _from, state) do
    case fun.() do
      :ok ->
        {:reply, :ok, state}

      # The function takes the caller's address too.
      {:error, _} = err ->
        # finding: missing-reply
        GenServer.reply(err)
        {:stop, :normal, state}
    end
  end
end
