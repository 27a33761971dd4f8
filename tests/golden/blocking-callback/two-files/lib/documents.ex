defmodule Documents do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def add(path), do: GenServer.call(__MODULE__, {:add, path})

  def init(texts), do: {:ok, texts}

  def handle_call({:add, path}, _from, texts) do
    {text, 0} = Convert.pdf(path)
    {:reply, :ok, [text | texts]}
  end
end
