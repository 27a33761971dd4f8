# Parses every Elixir cell of a Livebook, and runs, in order, those that need no package outside.
# Exits with 1 and says why when one does not parse, raises, or draws nothing.
[path] = System.argv()
text = File.read!(path)
cells = Regex.scan(~r/^```elixir\n(.*?)^```$/ms, text, capture: :all_but_first) |> List.flatten()
fault = fn why -> IO.puts("#{Path.basename(path)}: #{why}") && System.halt(1) end

if length(cells) < 8, do: fault.("only #{length(cells)} cells")
if length(Regex.scan(~r/^# /m, Regex.replace(~r/^```.*?^```$/ms, text, ""))) != 1, do: fault.("not one title")

for cell <- cells do
  with {:error, {where, what, token}} <- Code.string_to_quoted(cell),
       do: fault.("#{inspect(where)} #{inspect(what)} #{inspect(token)} in:\n#{cell}")
end

outside = ~r/\b(Kino|Mix\.install)\b/
{own, others} = Enum.split_with(cells, &(not Regex.match?(outside, &1)))
if length(own) < 4 or others == [], do: fault.("#{length(own)} cells run, #{length(others)} need packages")

{_, pictures} =
  Enum.reduce(own, {[], 0}, fn cell, {binding, pictures} ->
    {value, binding} =
      try do
        Code.eval_string(cell, binding)
      rescue
        error -> fault.(Exception.message(error) <> " in:\n" <> cell)
      end

    cond do
      not Regex.match?(~r/^picture =/m, cell) -> {binding, pictures}
      not (is_binary(value) and (value == "" or String.starts_with?(value, "<svg"))) -> fault.("no picture: " <> cell)
      true -> {binding, pictures + length(Regex.scan(~r/<(rect|polyline|path|ellipse)/, value))}
    end
  end)

if pictures < 3, do: fault.("its pictures are empty")
