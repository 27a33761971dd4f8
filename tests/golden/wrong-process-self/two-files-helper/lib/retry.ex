defmodule Mail.Retry do
  def later(mail, ms) do
    # finding: wrong-process-self
    Process.send_after(self(), {:retry, mail}, ms)
  end
end
