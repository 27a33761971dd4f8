"""Runs every Jupyter notebook with Debian's Jupyter against a database and looks at the figures that
come out; one of them against the dataset too. Prints lines `ok - name`."""
import base64, glob, io, json, os, re, sys
from concurrent.futures import ThreadPoolExecutor
import nbformat
from nbclient import NotebookClient
import matplotlib.image

folder, url, dataset = sys.argv[1:]
# What the examples have nothing of: it says so instead of drawing.
MAY_BE_EMPTY = {"growth"}


def check(name, good, why=""):
    print(("ok - " if good else "not ok - ") + name + (f" ({why})" if why and not good else ""))


def run(path, **environment):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    env = {k: v for k, v in os.environ.items() if k not in ("LODE_DB", "LODE_DATASET")}
    env.update(environment, MPLBACKEND="module://matplotlib_inline.backend_inline")
    client = NotebookClient(book, timeout=120, kernel_name="python3")
    client.execute(env=env)
    return book


def pictures(book):
    for cell in book.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get("image/png")
            if data:
                yield cell.id, matplotlib.image.imread(io.BytesIO(base64.b64decode(data)))


def has_ink(picture):
    """A drawing has several colours, and they are not a few stray dots."""
    flat = (picture[:, :, :3] * 255).astype(int).reshape(-1, 3)
    colours = {tuple(c) for c in flat[::7]}
    inked = (flat.min(axis=1) < 200).mean()
    return len(colours) > 8 and inked > 0.004 and min(picture.shape[:2]) > 80


def look(path):
    name = os.path.basename(path)[:-6]
    try:
        plain = json.load(open(path))
        ids = [cell["id"] for cell in plain["cells"]]
        empty = all(not c.get("outputs") and c.get("execution_count") is None for c in plain["cells"])
        form = (plain["nbformat"], plain["nbformat_minor"]) == (4, 5) and len(ids) == len(set(ids)) and all(
            re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", i) for i in ids) and empty
        book = run(path, LODE_DB=url)
        drawn = list(pictures(book))
        text = "".join(o.get("text", "") for c in book.cells for o in c.get("outputs", []))
        errors = [o for c in book.cells for o in c.get("outputs", []) if o["output_type"] == "error" or
                  o.get("name") == "stderr"]
        wanted = [c.id for c in book.cells if c.id.endswith("-figure-code")]
        missing = [i for i in wanted if i not in {at for at, _ in drawn}]
        quiet = text.count("There is nothing to draw")
        blank = [at for at, picture in drawn if not has_ink(picture)]
        return name, form, errors, wanted, missing, quiet, blank, len(drawn)
    except Exception as fault:  # a cell that failed, or a notebook that is none
        return name, True, [str(fault)[-600:]], [], [], 0, [], 0


paths = sorted(glob.glob(os.path.join(folder, "*.ipynb")))
check("there are ten", len(paths) == 10)
with ThreadPoolExecutor(2) as pool:
    results = list(pool.map(look, paths))
for name, form, errors, wanted, missing, quiet, blank, drawn in results:
    check(f"{name} is nbformat 4.5 with its own cell ids and no results", form)
    check(f"{name} runs", not errors, str(errors)[:600])
    allowed = quiet if name in MAY_BE_EMPTY else 0
    check(f"{name} draws what it says", wanted and len(missing) <= allowed, str(missing))
    check(f"{name} has no empty figure", drawn + quiet > 0 and not blank, str(blank))


def answers(book):
    return {c.id: o["data"]["text/plain"] for c in book.cells for o in c.get("outputs", [])
            if c.id.endswith("-query") and "data" in o}


path = os.path.join(folder, "restart-configuration.ipynb")
of_database, of_dataset = answers(run(path, LODE_DB=url)), answers(run(path, LODE_DATASET=dataset))
same = of_database.keys() == of_dataset.keys() and len(of_database) > 5
plain = lambda text: re.sub(r"\.0+\b|\bNaN\b|\bNone\b|\s+", "", text)
differing = [i for i in of_database if plain(of_database[i]) != plain(of_dataset.get(i, ""))]
check("the dataset gives the answers of the database", same and not differing, str(differing))
