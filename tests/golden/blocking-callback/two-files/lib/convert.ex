defmodule Convert do
  def pdf(path) do
    # finding: blocking-callback
    System.cmd("pdftotext", [path, "-"])
  end
end
