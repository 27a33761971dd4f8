defmodule Lift.Patient do
  @behaviour :gen_statem

  def start_link, do: :gen_statem.start_link({:local, __MODULE__}, __MODULE__, [], [])
  def call_to(floor), do: :gen_statem.cast(__MODULE__, {:call_to, floor})

  @impl true
  def callback_mode, do: :state_functions
  @impl true
  def init(_), do: {:ok, :idle, %{floor: 0}}

  def idle(:cast, {:call_to, floor}, data), do: {:next_state, :moving, %{data | floor: floor}}
  def idle(_type, _event, data), do: {:keep_state, data}

  def moving(:cast, {:call_to, _floor}, _data), do: {:keep_state_and_data, [:postpone]}
  def moving(:cast, :arrived, data), do: {:next_state, :idle, data}
end
