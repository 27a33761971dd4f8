defmodule Garden.MixProject do
  use Mix.Project

  def project, do: [app: :garden, version: "0.1.0"]
end
