defmodule Ledger.Remote do
  def load(arg) do
    arg |> url() |> fetch()
  end

  defp url(arg), do: "http://ledger.example/" <> arg
  defp fetch(url), do: HTTPoison.get!(url, [], recv_timeout: 60_000)
end
