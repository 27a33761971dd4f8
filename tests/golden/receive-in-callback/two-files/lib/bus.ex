defmodule Bus do
  def ask(pid, question) do
    send(pid, {:ask, self(), question})

    # finding: receive-in-callback
    receive do
      {_tag, answer} -> answer
    end
  end
end
