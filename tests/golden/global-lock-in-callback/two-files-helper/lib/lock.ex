defmodule Seats.Lock do
  def with_lock(key, fun) do
    # finding: global-lock-in-callback
    true = :global.set_lock({key, self()})
    result = fun.()
    :global.del_lock({key, self()})
    result
  end
end
