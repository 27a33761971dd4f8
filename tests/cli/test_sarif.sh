#!/bin/sh
# SARIF and baselines of lode scan. Python reads the result: another reader than ours.
. tests/cli/lib.sh

mkdir -p "$dir/app"
cat >"$dir/app/till.ex" <<'X'
defmodule Till do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def total, do: GenServer.call(__MODULE__, :total)

  def init(n), do: {:ok, n}
  def handle_call(:total, _from, n), do: {:reply, n, n}
  def handle_call(:double, _from, n), do: {:reply, 2 * total(), n}
end
X
python() { python3 - "$dir/out" "$@"; }

run scan --format sarif --repository https://example.org/shop "$dir/app"
ok 'SARIF is written' status_is 0
cp "$dir/out" "$dir/old.sarif"
whole() {
    python <<'X'
import json, sys
doc = json.load(open(sys.argv[1]))
assert doc["version"] == "2.1.0", doc["version"]
run = doc["runs"][0]
rules = run["tool"]["driver"]["rules"]
assert len(rules) >= 57 and all(r["help"]["markdown"] for r in rules)
found = [r for r in run["results"] if r["ruleId"] == "self-call"]
assert len(found) == 1, run["results"]
result = found[0]
assert rules[result["ruleIndex"]]["id"] == "self-call"
assert result["level"] == "error"
place = result["locations"][0]["physicalLocation"]
assert place["artifactLocation"]["uri"] == "till.ex", place
assert place["region"]["startLine"] == 5, place
assert len(result["partialFingerprints"]["lode/v1"]) == 32
flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
assert len(flow) >= 2 and all(s["location"]["message"]["text"] for s in flow)
assert "baselineState" not in result
X
}
ok 'it holds rules with help, places, fingerprints and the way to the fault' whole

run scan --format sarif --baseline "$dir/old.sarif" --fail-on note "$dir/app"
ok 'what is in the baseline does not fail the run' status_is 0
ok 'it is unchanged' out_has '"baselineState":"unchanged"'
run scan --baseline "$dir/old.sarif" "$dir/app"
ok 'and not printed as text' out_empty

sed 's/2 \* total()/2 * n/' "$dir/app/till.ex" >"$dir/t" && cp "$dir/t" "$dir/app/till.ex"
cat >"$dir/app/lamp one.ex" <<'X'
defmodule Lamp do
  use GenServer
  def on?, do: GenServer.call(__MODULE__, :on?)
  def start_link(_), do: GenServer.start_link(__MODULE__, false, name: __MODULE__)
  def init(on), do: {:ok, on}
  def handle_call(:on?, _from, on), do: {:reply, on, on}
  def handle_cast(:toggle, _), do: {:noreply, not on?()}
end
X
run scan --format sarif --baseline "$dir/old.sarif" --rule self-call "$dir/app"
states() {
    python <<'X'
import json, sys
results = json.load(open(sys.argv[1]))["runs"][0]["results"]
by_state = {}
for r in results:
    if r["ruleId"] != "self-call":
        continue
    uri = r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    by_state.setdefault(r["baselineState"], []).append(uri)
assert by_state == {"new": ["lamp%20one.ex"], "absent": ["till.ex"]}, by_state
X
}
ok 'new and gone findings are told apart; paths are URIs' states
run scan --baseline "$dir/old.sarif" --rule self-call --fail-on error "$dir/app"
ok 'a new finding fails the run' status_is 1
ok 'only the new one is printed' sh -c "! grep -q till.ex '$dir/out'"

"$lode" scan --format jsonl "$dir/app" >"$dir/old.jsonl" 2>/dev/null
run scan --baseline "$dir/old.jsonl" "$dir/app"
ok 'lines of JSON are a baseline too' out_empty
echo '{"rule": ' >>"$dir/old.jsonl"
run scan --baseline "$dir/old.jsonl" "$dir/app"
ok 'a broken baseline is an error' status_is 2
ok 'which names file and line' grep -q 'old.jsonl:[0-9][0-9]*: no JSON' "$dir/err"
run scan --baseline "$dir/none.sarif" "$dir/app"
ok 'a missing baseline is an error' err_has 'none.sarif'

finish
