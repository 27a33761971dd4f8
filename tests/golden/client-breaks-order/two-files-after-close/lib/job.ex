defmodule Job do
  def run do
    FileBox.start_link([])
    FileBox.open("a")
    FileBox.shut()
    # finding: client-breaks-order
    FileBox.read()
  end
end
