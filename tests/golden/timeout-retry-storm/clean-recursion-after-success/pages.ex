# clean: timeout-retry-storm
defmodule Pages do
  def all([], acc), do: acc

  def all([page | rest], acc) do
    item =
      try do
        GenServer.call(Pages.Server, {:page, page})
      catch
        :exit, _ -> nil
      end

    all(rest, [item | acc])
  end
end
