/* Entries of a commit's tree, from the object database. */
#include "base/base.h"

#include "crawler/internal.h"

/* A folder on the way down. */
typedef struct {
    git_tree *tree;
    size_t next;     /* entry to look at */
    size_t path_end; /* length of the path of this folder, with its slash */
} level;

typedef VEC(level) level_stack;

static bool name_is_odd(const char *name)
{
    return *name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
           strchr(name, '/') != NULL;
}

static void visit_blob(walk *w, snapshot *s, git_odb *odb, const git_tree_entry *entry, sv path)
{
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    const git_oid *id = git_tree_entry_id(entry);
    s->info.file_count++;
    int32_t class = walk_class(w, path);
    if (class < 0) return;
    if (s->missing) {
        /* Not looked for twice: what is not there is not there yet. */
        if (!git_odb_exists_ext(odb, id, GIT_ODB_LOOKUP_NO_REFRESH)) vec_push(s->missing, *id);
    } else if (git_odb_read_header(&size, &type, odb, id) < 0 || type != GIT_OBJECT_BLOB) {
        walk_skip(w, path, SKIP_UNREADABLE, 0);
    } else if (size > s->options.blob_bytes_max) {
        walk_skip(w, path, SKIP_TOO_LARGE, size);
    } else {
        bool runnable = (git_tree_entry_filemode_raw(entry) & 0111) != 0;
        walk_file(w, path, id->id, size, runnable ? 0100755 : 0100644, class);
    }
}

/* Goes into a folder, or notes why not. */
static void visit_tree(walk *w, snapshot *s, git_repository *repo, const git_tree_entry *entry,
                       sv path, level_stack *stack)
{
    git_tree *tree = NULL;
    if (stack->count > s->options.depth_max) walk_skip(w, path, SKIP_DEPTH, 0);
    else if (git_tree_lookup(&tree, repo, git_tree_entry_id(entry)) < 0)
        walk_skip(w, path, SKIP_UNREADABLE, 0);
    else vec_push(stack, (level){tree, 0, path.size + 1});
}

static void visit(walk *w, snapshot *s, git_repository *repo, git_odb *odb,
                  const git_tree_entry *entry, sv path, level_stack *stack)
{
    if (name_is_odd(git_tree_entry_name(entry))) {
        walk_skip(w, path, SKIP_ODD_NAME, 0);
        return;
    }
    switch (git_tree_entry_filemode_raw(entry) & 0170000) {
    case 0040000: visit_tree(w, s, repo, entry, path, stack); break;
    case 0120000:
        if (walk_class(w, path) >= 0) walk_skip(w, path, SKIP_SYMLINK, 0);
        break;
    case 0160000: walk_skip(w, path, SKIP_SUBMODULE, 0); break;
    case 0100000: visit_blob(w, s, odb, entry, path); break;
    default: walk_skip(w, path, SKIP_SPECIAL, 0); break;
    }
}

bool snapshot_walk_git(snapshot *s, git_repository *repo, const git_oid *tree_id, error *err)
{
    level_stack stack = {0};
    buf path = {0};
    git_odb *odb = NULL;
    git_tree *root = NULL;
    bool done = false;
    walk *w = walk_open(s);
    if (git_repository_odb(&odb, repo) < 0 || git_tree_lookup(&root, repo, tree_id) < 0) {
        git_fail(err, "%s", s->root);
        goto out;
    }
    vec_push(&stack, (level){root, 0, 0});
    while (stack.count > 0) {
        level *top = vec_last(&stack);
        const git_tree_entry *entry = git_tree_entry_byindex(top->tree, top->next++);
        if (!entry) {
            git_tree_free(top->tree);
            (void)vec_pop(&stack);
            continue;
        }
        path.size = top->path_end ? top->path_end - 1 : 0;
        if (top->path_end) buf_add_char(&path, '/');
        buf_add_c(&path, git_tree_entry_name(entry));
        if (!walk_count(w, buf_sv(&path))) break;
        visit(w, s, repo, odb, entry, buf_sv(&path), &stack);
    }
    walk_finish(w);
    done = true;
out:
    for (vec_each(&stack, left)) git_tree_free(left->tree);
    vec_release(&stack);
    buf_release(&path);
    git_odb_free(odb);
    walk_close(w);
    return done;
}
