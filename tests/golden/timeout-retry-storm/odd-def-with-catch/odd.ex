defmodule Odd do
  def ask(server, question) do
    GenServer.call(server, question)
  catch
    # any exit will do
    # finding: timeout-retry-storm
    :exit, _ -> ask(server, question)
  end
end
