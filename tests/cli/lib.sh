# What the scripts of this folder share. Each runs from the root of the checkout, prints TAP lines
# and touches nothing outside its temporary folder.
set -u
lode=${LODE:-./lode}
case $lode in /*) ;; *) lode=$PWD/$lode ;; esac
root=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/lode-cli-XXXXXX")
export LODE_STATE="$dir/state" NO_COLOR=1 LC_ALL=C.UTF-8
unset LODE_DB LODE_MIRROR 2>/dev/null || true
export GIT_CONFIG_GLOBAL="$dir/gitconfig" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t
export GIT_COMMITTER_EMAIL=t@example.org
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
: >"$dir/gitconfig"
number=0 failed=0

end() {
    for state in "$dir"/state*; do
        if [ -d "$state/pg" ]; then "$lode" db stop --state "$state" --quiet; fi
    done
    cd / && rm -rf "$dir"
}
trap end EXIT
trap 'exit 130' INT TERM

# ok NAME CONDITION..: one TAP line by the exit status of the condition.
ok() {
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$dir/why" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$dir/why"
        failed=$((failed + 1))
    fi
}
finish() {
    echo "1..$number"
    [ $failed = 0 ]
    exit
}

# run ARGS..: lode with stdout in $dir/out, stderr in $dir/err, exit status in $status.
run() {
    status=0
    "$lode" "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
}
status_is() { [ "$status" = "$1" ] || { echo "status $status, not $1"; cat "$dir/err"; false; }; }
out_has() { grep -qF -- "$1" "$dir/out" || { echo "stdout lacks: $1"; cat "$dir/out"; false; }; }
err_has() { grep -qF -- "$1" "$dir/err" || { echo "stderr lacks: $1"; cat "$dir/err"; false; }; }
out_empty() { [ ! -s "$dir/out" ] || { cat "$dir/out"; false; }; }
same() { diff -u "$1" "$2"; }

# A git repository at $1 whose files are made by the function $2, called inside it.
make_repository() {
    mkdir -p "$1"
    (
        cd "$1" || exit
        git init --quiet --initial-branch=main
        "$2"
        git add --all
        git commit --quiet --message "Sources"
    )
}
# Serves the repositories of folder $1 over HTTP as https://code.example/o/, by insteadOf. Its requests
# go to $dir/http.log; $server is its process, and it lives until descriptor 9 is closed.
serve_git() {
    mkfifo "$dir/hold"
    python3 tests/crawler/git_http_server.py "$1" "$dir/http.log" <"$dir/hold" >"$dir/port" \
        2>/dev/null &
    server=$!
    exec 9>"$dir/hold"
    tries=0
    until [ -s "$dir/port" ] || [ $tries -gt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    printf '[url "http://127.0.0.1:%s/"]\n\tinsteadOf = https://code.example/o/\n' \
        "$(cat "$dir/port")" >"$dir/gitconfig"
}
# A server that calls itself; $1: a word that makes it another one.
server_source() {
    cat <<END
defmodule $1.Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def get, do: GenServer.call(__MODULE__, :get)

  @impl true
  def init(n), do: {:ok, n}

  @impl true
  def handle_call(:get, _from, n), do: {:reply, n, n}
  def handle_call(:twice, _from, n), do: {:reply, get() * 2, n}
end
END
}
# A dump of all rows but the log of runs: what must not depend on how it came to be.
rows_of() {
    for table in repository rule snapshot blob file skipped_file module server clause message_edge \
        receive timer spawn supervisor child protocol_state protocol_transition documented_order \
        unresolved_target finding evidence licence licence_file; do
        echo "== $table"
        "$lode" db psql -XAtc "SELECT x::text FROM $table x ORDER BY 1"
    done
    # Without the times of visits.
    echo "== life_span"
    "$lode" db psql -XAtc "SELECT l.id, b.snapshot_id, b.commit_oid, l.first_snapshot_id, l.came,
        l.gone_snapshot_id, l.went FROM life_span l JOIN branch b ON b.id = l.branch_id ORDER BY 1"
}
