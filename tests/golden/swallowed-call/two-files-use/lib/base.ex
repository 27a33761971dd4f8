defmodule Base do
  defmacro __using__(_) do
    quote do
      use GenServer
      def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
    end
  end
end
