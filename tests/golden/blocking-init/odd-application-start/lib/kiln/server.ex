defmodule Kiln.Server do
  use GenServer
  def start_link(arg), do: GenServer.start_link(__MODULE__, arg)

  # an application that the release does not know
  @impl true
  # finding: blocking-init
  def init(arg), do: :os_mon |> Application.ensure_all_started() |> then(fn _ -> {:ok, arg} end)
end
