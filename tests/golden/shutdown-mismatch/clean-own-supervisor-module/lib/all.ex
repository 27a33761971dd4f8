# clean: shutdown-mismatch
# The snapshot defines Supervisor itself: its generated specification still says type supervisor.
defmodule Supervisor do
  defmacro __using__(opts) do
    quote location: :keep, bind_quoted: [opts: opts] do
      @behaviour Supervisor

      def child_spec(init_arg) do
        default = %{
          id: __MODULE__,
          start: {__MODULE__, :start_link, [init_arg]},
          type: :supervisor
        }

        Supervisor.child_spec(default, unquote(Macro.escape(opts)))
      end

      defoverridable child_spec: 1
    end
  end

  def child_spec({module, arg}, overrides), do: child_spec(module.child_spec(arg), overrides)
  def child_spec(map, overrides) when is_map(map), do: Enum.reduce(overrides, map, &put/2)

  def init(children, options), do: {:ok, {Map.new(options), Enum.map(children, &spec/1)}}
  def start_link(module, arg, _opts \\ []), do: :supervisor.start_link(module, arg)

  defp put({key, value}, map), do: Map.put(map, key, value)
  defp spec({module, arg}), do: module.child_spec(arg)
end

defmodule Inner do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)
  def init(_), do: Supervisor.init([{Leaf, []}], strategy: :one_for_one)
end

defmodule Outer do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)
  def init(_), do: Supervisor.init([{Inner, []}], strategy: :one_for_one)
end
