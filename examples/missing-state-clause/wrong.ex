defmodule Lift.Bare do
  @behaviour :gen_statem

  def start_link, do: :gen_statem.start_link({:local, __MODULE__}, __MODULE__, [], [])
  def call_to(floor), do: :gen_statem.cast(__MODULE__, {:call_to, floor})
  def arrived, do: :gen_statem.cast(__MODULE__, :arrived)

  @impl true
  def callback_mode, do: :state_functions
  @impl true
  def init(_), do: {:ok, :idle, %{floor: 0}}

  def idle(:cast, {:call_to, floor}, data), do: {:next_state, :moving, %{data | floor: floor}}

  def waiting(:cast, {:call_to, floor}, data), do: {:next_state, :moving, %{data | floor: floor}}

  def moving(:cast, :arrived, data), do: {:next_state, :waiting, data}
end
