defmodule Api do
  # finding: unsupervised-process
  def open(shelf), do: shelf |> Shelf.start_link()
end
