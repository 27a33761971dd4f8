/* How fast sources become facts; and a way to look at facts.
 *
 *   bench_facts                 parses a made-up module many times: megabytes a second
 *   bench_facts PATH...         prints the facts of files
 *   bench_facts -q PATH...      only counts: files, bytes, nodes, unknown nodes with their places
 */
#include "base/base.h"

#include <time.h>

#include "parsers/parsers.h"

typedef struct {
    uint64_t files, bytes, nodes, unknown, error_bytes, partial, failed;
} counts;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void count(const facts *f, const char *path, counts *c)
{
    c->files++;
    c->bytes += f->source_bytes;
    c->nodes += f->nodes.count;
    c->error_bytes += f->error_bytes;
    c->partial += f->partial;
    for (vec_each(&f->nodes, n)) {
        if (n->kind != NODE_UNKNOWN) continue;
        c->unknown++;
        if (!f->partial) printf("%s:%u:%u: unknown\n", path, n->line, n->col);
    }
}

static void look_at(parser *p, const char *path, bool quiet, counts *c)
{
    buf source = {0};
    facts f = {0};
    error err = {0};
    lang language = lang_of_path(sv_from(path));
    if (language == LANG_NONE) return;
    if (!file_read(path, 64u << 20, &source, &err) ||
        !parser_run(p, language, buf_sv(&source), NULL, &f, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        c->failed++;
    } else if (quiet) {
        count(&f, path, c);
    } else {
        buf dump = {0};
        facts_dump(&f, &dump);
        fwrite(dump.data, 1, dump.size, stdout);
        buf_release(&dump);
    }
    facts_release(&f);
    buf_release(&source);
}

static void measure(parser *p)
{
    buf source = {0};
    buf_add_c(&source, "defmodule A do\n  use GenServer\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&source,
                   "  def handle_call({:get%d, k}, _from, %%{m: m} = s) do\n"
                   "    v = m |> Map.get(k) |> Enum.map(&(&1 + %d))\n"
                   "    {:reply, {:ok, v}, %%{s | m: Map.put(m, k, v)}}\n  end\n",
                   i, i);
    buf_add_c(&source, "end\n");
    double start = now();
    int rounds = 20;
    for (int i = 0; i < rounds; i++) {
        facts f = {0};
        parser_run(p, LANG_ELIXIR, buf_sv(&source), NULL, &f, NULL);
        facts_release(&f);
    }
    printf("elixir to facts: %.1f MB/s\n", (double)source.size * rounds / 1e6 / (now() - start));
    buf_release(&source);
}

int main(int argc, char **argv)
{
    counts c = {0};
    parser *p = parser_open();
    bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
    for (int i = 1 + quiet; i < argc; i++) look_at(p, argv[i], quiet, &c);
    if (quiet)
        printf("%" PRIu64 " files, %" PRIu64 " bytes, %" PRIu64 " nodes, %" PRIu64
               " unknown, %" PRIu64 " error bytes, %" PRIu64 " partial, %" PRIu64 " failed\n",
               c.files, c.bytes, c.nodes, c.unknown, c.error_bytes, c.partial, c.failed);
    if (argc == 1) measure(p);
    parser_close(p);
    return c.failed > 0;
}
