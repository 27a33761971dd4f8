# clean: shutdown-mismatch
# The specification is built on the generated one, which says type supervisor.
defmodule Garden.Nursery do
  use Supervisor

  def start_link(opts), do: Supervisor.start_link(__MODULE__, opts, name: opts[:name])

  def child_spec(opts), do: %{super(opts) | id: Keyword.fetch!(opts, :name)}

  @impl true
  def init(_opts), do: Supervisor.init([{Garden.Bed, []}], strategy: :one_for_one)
end

defmodule Garden.Beds do
  use Supervisor

  def start_link(opts), do: Supervisor.start_link(__MODULE__, opts)

  def child_spec(opts) do
    opts
    |> super()
    |> Supervisor.child_spec(id: {__MODULE__, opts[:name]})
  end

  @impl true
  def init(_opts), do: Supervisor.init([{Garden.Bed, []}], strategy: :one_for_one)
end

defmodule Garden.Supervisor do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, [])

  @impl true
  def init(_) do
    Supervisor.init([{Garden.Nursery, name: Nursery}, {Garden.Beds, name: Beds}],
      strategy: :one_for_one
    )
  end
end
