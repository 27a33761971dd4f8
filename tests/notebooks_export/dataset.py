"""A dataset read back by two readers that know nothing of Lode: pandas, and PostgreSQL by the
dataset's own schema.sql; compared with the database it was made from. Prints lines `ok - name`."""
import csv, io, json, os, re, subprocess, sys
import pandas, psycopg2, zstandard

folder, url = sys.argv[1:]


def check(name, good, why=""):
    print(("ok - " if good else "not ok - ") + name + (f" ({why})" if why and not good else ""))


def text_of(path):
    with open(os.path.join(folder, path), "rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read().decode("utf-8")


files = [os.path.join(at, name)[len(folder) + 1:] for at, _, names in os.walk(folder) for name in names]
tables = sorted(path for path in files if path.endswith(".csv.zst"))
words = list(csv.DictReader(open(os.path.join(folder, "dictionary.tsv"), newline=""), delimiter="\t",
                            quoting=csv.QUOTE_NONE))
database = psycopg2.connect(url)
database.autocommit = True
cursor = database.cursor()


def ask(sql):
    cursor.execute(sql)
    return cursor.fetchall()


# pandas against the database
frames = {}
for path in tables:
    name = os.path.basename(path)[:-8]
    frames[name] = pandas.read_csv(os.path.join(folder, path), keep_default_na=False, na_values=[""],
                                   compression="zstd", dtype=str)
wrong = {n: (len(f), ask(f'SELECT count(*) FROM "{n}"')[0][0]) for n, f in frames.items()
         if len(f) != ask(f'SELECT count(*) FROM "{n}"')[0][0]}
check("pandas reads as many rows as the tables have", len(frames) >= 28 and not wrong, str(wrong))
check("the main tables are not empty", all(len(frames[n]) for n in (
    "repository", "snapshot", "blob", "file", "module", "server", "clause", "message_edge", "supervisor",
    "child", "protocol_state", "protocol_transition", "finding", "evidence", "audit_label")))
listed = {(w["table"], w["column"]) for w in words if w["column"] and w["in_dataset"] == "yes"}
have = {(n, c) for n, f in frames.items() for c in f.columns}
check("the dictionary names exactly the columns that are there", listed == have, str(listed ^ have))
check("every column is explained", all(w["meaning"] for w in words))

# PostgreSQL, by schema.sql
cursor.execute("DROP DATABASE IF EXISTS read_back")
cursor.execute("CREATE DATABASE read_back")
other = url.replace("/lode?", "/read_back?")
done = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", "schema.sql", other], cwd=folder,
                      capture_output=True, text=True)
check("PostgreSQL loads it by schema.sql", done.returncode == 0, done.stderr)
copy = psycopg2.connect(other)
back = copy.cursor()
differing = []
for name in frames:
    columns = [w["column"] for w in words if w["table"] == name and w["column"] and
               w["in_dataset"] == "yes" and w["column"] != "swhid"]
    types = {w["column"]: w["type"] for w in words if w["table"] == name}
    if name == "audit_label":
        columns.remove("annotator")
    theirs = ", ".join(f'"{c}"' for c in columns)
    ours = ", ".join(f"encode(\"{c}\", 'hex')" if types[c].startswith("hex") else f'"{c}"' for c in columns)
    query = 'SELECT md5(string_agg(t::text, \'|\' ORDER BY t::text)) FROM (SELECT {} FROM "{}") AS t'
    back.execute(query.format(theirs, name))
    if back.fetchone()[0] != ask(query.format(ours, name))[0][0]:
        differing.append(name)
check("what PostgreSQL has then equals the database, value by value", not differing, str(differing))

# places
places = {n: f for n, f in frames.items() if "swhid" in f.columns}
form = re.compile(r"swh:1:(cnt|rev):[0-9a-f]{40}(;origin=[^;]+)?(;anchor=swh:1:rev:[0-9a-f]{40};path=/[^;]+"
                  r"(;lines=\d+(-\d+)?)?)?")
odd = [(n, v) for n, f in places.items() for v in f.swhid.dropna() if not form.fullmatch(v)]
check("places have SWHIDs of the right form", len(places) >= 15 and not odd, str(odd[:3]))
lacking = {n: int(f.swhid.isna().sum()) for n, f in places.items() if f.swhid.isna().any()}
check("every place has one", not lacking, str(lacking))
finding = frames["finding"].iloc[0]
snapshot = frames["snapshot"].set_index("id").loc[finding.snapshot_id]
repository = frames["repository"].set_index("id").loc[snapshot.repository_id]
blob = re.match(r"swh:1:cnt:([0-9a-f]{40})", finding.swhid).group(1)
git = subprocess.run(["git", "--git-dir", repository.url, "rev-parse", f"{snapshot.commit_oid}:{finding.path}"],
                     capture_output=True, text=True)
check("git knows the content by the same id", git.stdout.strip() == blob, git.stdout + git.stderr)

# what must not be in it
everything = "".join(text_of(path) for path in tables)
for path in files:
    if not path.endswith((".zst", ".parquet")):
        everything += open(os.path.join(folder, path), encoding="utf-8").read()
mails = set(re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", everything))
check("no e-mail address", not mails, str(sorted(mails)[:3]))
check("no name of an annotator", not re.search(r"\b(ada|joe)\b", everything))
sources = set()
for row in frames["file"].merge(frames["snapshot"], left_on="snapshot_id", right_on="id").head(60).itertuples():
    url_of = frames["repository"].set_index("id").loc[row.repository_id].url
    body = subprocess.run(["git", "--git-dir", url_of, "show", f"{row.commit_oid}:{row.path}"],
                          capture_output=True, text=True).stdout
    sources |= {line.strip() for line in body.splitlines() if len(line.strip()) > 40}
shown = {line for line in sources if line in everything}
check("no line of source", len(sources) > 100 and not shown, str(sorted(shown)[:3]))

# metadata
croissant = json.load(open(os.path.join(folder, "croissant.json")))
objects = {o["@id"] for o in croissant["distribution"]}
fields = {(r["name"], f["name"]) for r in croissant["recordSet"] for f in r["field"]}
check("Croissant names every column and points to files that are there",
      fields == have and all(os.path.exists(os.path.join(folder, o)) for o in objects) and
      all(f["source"]["fileObject"]["@id"] in objects for r in croissant["recordSet"] for f in r["field"]))
lock = list(csv.DictReader(open(os.path.join(folder, "corpus.lock"), newline=""), delimiter="\t"))
trees = dict(zip(frames["snapshot"].commit_oid, frames["snapshot"].tree_oid))
check("corpus.lock has repository, commit and tree", len(lock) == len(trees) and
      all(trees[row["ref"]] == row["tree"] for row in lock))
citation = open(os.path.join(folder, "CITATION.cff")).read()
check("CITATION.cff has its required keys", all(re.search(rf"^{key}:", citation, re.M) for key in (
    "cff-version", "message", "title", "authors")))
statistics = [p for p in files if p.startswith("statistics/")]
check("answers of the named queries stand beside their text", len(statistics) >= 40 and all(
    os.path.exists(os.path.join(folder, p.replace("statistics/", "queries/").replace(".csv", ".sql")))
    for p in statistics))
prevalence = pandas.read_csv(os.path.join(folder, "statistics/prevalence.csv"))
read = prevalence.set_index("rule").precision
check("precision stands beside prevalence", "read)" in read["self-call"] and
      (read == "unmeasured").any(), str(dict(read)))
check("and kappa", prevalence.set_index("rule").kappa.notna().any())
