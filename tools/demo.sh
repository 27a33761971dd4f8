#!/bin/sh
# Mines the bundled examples: the last step of `make demo`.
#   tools/demo.sh
# Builds each folder of examples/ into a git repository below the state folder, crawls them all into
# the private PostgreSQL, and shows what came of it. LODE names the program, LODE_STATE the folder.
set -eu
cd "$(dirname "$0")/.."
lode=${LODE:-./lode}
state=${LODE_STATE:-$PWD/state}
case $state in /*) ;; *) state=$PWD/$state ;; esac
export LODE_STATE="$state"
demo=$state/demo
mkdir -p "$demo/repositories"

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
title() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }

# Nothing of the user's git settings, and fixed names and dates: the same files are the same commit.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Lode GIT_AUTHOR_EMAIL=lode@example.org
export GIT_COMMITTER_NAME=Lode GIT_COMMITTER_EMAIL=lode@example.org
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'

title 'Building the examples into git repositories'
{
    printf 'url\tref\ttags\n'
    for example in examples/*/; do
        name=$(basename "$example")
        repository=$demo/repositories/$name
        if [ ! -f "$repository/HEAD" ]; then
            rm -rf "$repository"
            git init --quiet --bare --initial-branch=main "$repository"
        fi
        export GIT_DIR="$repository"
        git --work-tree="$example" add --all .
        tree=$(git write-tree)
        commit=$(echo "The example $name" | git commit-tree "$tree")
        git update-ref refs/heads/main "$commit"
        unset GIT_DIR
        printf '%s\t\texample\n' "$repository"
    done
} >"$demo/examples.tsv.new"
mv "$demo/examples.tsv.new" "$demo/examples.tsv"
echo "$(($(wc -l <"$demo/examples.tsv") - 1)) repositories below $demo/repositories"

title 'lode crawl examples.tsv'
"$lode" crawl "$demo/examples.tsv"

title 'lode stats overview'
"$lode" stats overview

title 'lode stats restart-strategies'
"$lode" stats restart-strategies

title 'lode findings --confidence certain --limit 8'
"$lode" findings --confidence certain --limit 8

id=$("$lode" findings --rule self-call --limit 1 --format csv --quiet | sed -n '2s/,.*//p')
[ -n "$id" ] || id=$("$lode" findings --limit 1 --format csv --quiet | sed -n '2s/,.*//p')
if [ -n "$id" ]; then
    title "lode show $id"
    "$lode" show "$id"
fi

title 'What to take away'
"$lode" export notebooks "$demo/notebooks"
"$lode" export dataset "$demo/dataset"
echo "notebooks  $demo/notebooks   (Jupyter: LODE_DATASET=$demo/dataset jupyter notebook)"
echo "dataset    $demo/dataset"

title 'What to type next'
cat <<END
  $lode stats                            the questions that the database answers
  $lode findings --level error           more findings
  $lode scan PATH                        any repository of yours, without a database
  $lode crawl corpora/starter.tsv        twenty public repositories (needs the internet)
  $lode db psql                          the tables, by hand
  $lode db stop                          stop the private PostgreSQL (it starts on demand)
END
