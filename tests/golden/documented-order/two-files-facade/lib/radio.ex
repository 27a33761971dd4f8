defmodule Radio do
  @doc """
  Plays a song.

  `tune/1` must be called before `play/1`, or there is nothing to hear.
  """
  def play(song) do
    # finding: documented-order
    Radio.Server.play(song)
  end

  def tune(station), do: Radio.Server.tune(station)
end
