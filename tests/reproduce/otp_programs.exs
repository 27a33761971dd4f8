# Runs emitted programs, Erlang and Elixir, one after the other in one virtual machine.
#   elixir otp_programs.exs FILE...
# Prints for each: its path, the status it would exit with, its line; separated by tabs.
defmodule Programs do
  def run(path) do
    module = load(path)
    before = Process.list()

    {pid, monitor} = spawn_monitor(fn -> exit({:done, module.run()}) end)

    result =
      receive do
        {:DOWN, ^monitor, _, _, {:done, {status, line}}} -> {status, line}
        {:DOWN, ^monitor, _, _, reason} -> {70, inspect(reason)}
      after
        60_000 -> {71, "no verdict"}
      end

    for _ <- 1..3, left <- [pid | Process.list()] -- before, do: Process.exit(left, :kill)
    await_gone(Process.list() -- before)
    :code.purge(module)
    :code.delete(module)
    result
  end

  defp await_gone(pids) do
    for pid <- pids do
      ref = Process.monitor(pid)

      receive do
        {:DOWN, ^ref, _, _, _} -> :ok
      end
    end
  end

  defp load(path) do
    text = File.read!(path)
    if String.ends_with?(path, ".exs"), do: elixir(text), else: erlang(text, path)
  end

  defp elixir(text) do
    [{module, _}] = text |> String.replace("\nStory.main()\n", "\n") |> Code.compile_string()
    module
  end

  defp erlang(text, path) do
    [_ | lines] = String.split(text, "\n")
    lines = Enum.reject(lines, &(&1 == "-mode(compile)."))
    source = Path.rootname(path) <> "_module.erl"
    module = Path.basename(Path.rootname(source))
    File.write!(source, "-module('#{module}').\n" <> Enum.join(lines, "\n"))

    {:ok, module, code} =
      :compile.file(String.to_charlist(source), [:binary, :nowarn_unused_function])

    {:module, _} = :code.load_binary(module, String.to_charlist(source), code)
    module
  end
end

Code.compiler_options(ignore_module_conflict: true)

for path <- System.argv() do
  {status, line} =
    try do
      Programs.run(path)
    catch
      kind, reason -> {72, inspect({kind, reason})}
    end

  IO.puts("#{path}\t#{status}\t#{line}")
end
