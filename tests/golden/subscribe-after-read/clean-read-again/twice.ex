# clean: subscribe-after-read
defmodule Twice do
  def wait(key) do
    case Registry.lookup(Twice.Registry, key) do
      [] ->
        Registry.register(Twice.Registry, key, [])
        Registry.lookup(Twice.Registry, key)

      found ->
        found
    end
  end
end
