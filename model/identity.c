/* Who is meant by the receiver of a message. */
#include "base/base.h"
#include "model/walk.h"

/* The value a state field is known to hold: what the process itself put there. */
static val_ix field_value(const binding *fields, uint32_t field_count, sym name)
{
    val_ix found = 0;
    for (uint32_t i = 0; i < field_count; i++) {
        if (fields[i].name != name) continue;
        if (found && found != fields[i].value) return 0;
        found = fields[i].value;
    }
    return found;
}

/* Is part of the value taken from the state of the root's process (its own key)? From the
 * message?*/
static void origins(const model *m, val_ix v, int depth, bool *own, bool *foreign)
{
    const model_val *at = model_value(m, v);
    if (depth > 6) return;
    if (at->kind == VAL_STATE) *own = true;
    if (at->kind == VAL_MESSAGE || at->kind == VAL_FROM || at->kind == VAL_CALLER) *foreign = true;
    for (uint32_t i = 0; i < at->kid_count; i++)
        origins(m, model_value_kid(m, v, i), depth + 1, own, foreign);
}

static callback_kind clause_kind(uint8_t api)
{
    switch ((api_kind)api) {
    case API_CALL: return CB_CALL;
    case API_CAST: return CB_CAST;
    case API_SEND:
    case API_TIMER:
    case API_INTERVAL: return CB_INFO;
    default: return CB_NONE;
    }
}

/* Does the server have a clause that names this message (not only a catch-all)? */
static bool names_message(const model *m, server_ix server, callback_kind kind, val_ix message)
{
    const model_val *v = model_value(m, message);
    bool tagged = v->kind == VAL_ATOM || v->kind == VAL_MAP ||
                  (v->kind == VAL_TUPLE && v->kid_count > 0 &&
                   model_value(m, model_value_kid(m, message, 0))->kind == VAL_ATOM);
    if (!tagged || kind == CB_NONE) return false;
    match_result result;
    for (callback_ix at = 0;; at++) {
        at = model_clause_for(m, server, kind, message, at, &result);
        if (at == NO_IX) return false;
        if (!m->callbacks.items[at].catch_all) return true;
    }
}

static identity module_identity(server_ix own, server_ix server)
{
    return (identity){.kind = server == own && own != NO_IX ? ID_OWN_KIND : ID_MODULE,
                      .server = server};
}

static identity atom_identity(const model *m, server_ix own, sym name)
{
    server_ix server = model_server_named(m, name);
    if (server != NO_IX) return (identity){.kind = ID_NAMED, .server = server};
    module_ix module = model_module_named(m, name);
    if (module != NO_IX && m->modules.items[module].server != NO_IX)
        return module_identity(own, m->modules.items[module].server);
    return (identity){.kind = ID_UNKNOWN, .server = NO_IX};
}

/* `def stop(pid), do: GenServer.stop(pid)`: the pid is a parameter of an interface function. */
static bool stops_parameter(const model *m, function_ix function, node_ix receiver)
{
    const model_function *f = &m->functions.items[function];
    const fact_node *at = model_node(m, receiver);
    if (!f->exported || f->arity == 0 || f->arity > 3 || at->kind != NODE_VAR) return false;
    server_ix server = m->modules.items[f->module].server;
    for (uint32_t i = 0; server != NO_IX && i < m->servers.items[server].callback_count; i++)
        if (m->callbacks.items[m->servers.items[server].callback_first + i].function == function)
            return false;
    for (uint32_t k = 0; k < f->clause_count; k++) {
        const model_clause *c = &m->clauses.items[f->clause_first + k];
        for (uint32_t p = 0; p < f->arity; p++) {
            const fact_node *param = model_node(m, m->kids.items[c->param_first + p]);
            if (param->kind == NODE_VAR && param->name == at->name) return true;
        }
    }
    return false;
}

/* A name made of several parts, such as {tenant, supervisor, Id}: its atoms and its size. 0: no
 * atom in it, or no tuple. Wrappers {via, Registry, Key} and {global, Key} are taken off. */
uint64_t identity_key(const model *m, val_ix name)
{
    const model_val *v = model_value(m, name);
    for (int i = 0; i < 2 && v->kind == VAL_TUPLE && v->kid_count >= 2; i++) {
        const model_val *head = model_value(m, model_value_kid(m, name, 0));
        bool via = head->kind == VAL_ATOM && head->name == m->index->s_via;
        bool global = head->kind == VAL_ATOM && head->name == m->index->s_global;
        if (!via && !(global && v->kid_count == 2)) break;
        name = model_value_kid(m, name, v->kid_count - 1);
        v = model_value(m, name);
    }
    if (v->kind != VAL_TUPLE || v->kid_count < 2) return 0;
    uint64_t h = v->kid_count;
    uint32_t atoms = 0;
    for (uint32_t i = 0; i < v->kid_count; i++) {
        const model_val *kid = model_value(m, model_value_kid(m, name, i));
        bool atom = kid->kind == VAL_ATOM;
        atoms += atom;
        h = hash64_mix(h * 31 + (atom ? kid->name + 1 : 0));
    }
    return atoms ? h : 0;
}

void identity_note_key(model *m, val_ix name, server_ix server)
{
    uint64_t key = identity_key(m, name);
    if (!key || server == NO_IX) return;
    uint32_t held = server + 1;
    if (!map64_add(&m->index->keys, key, &held) && held != server + 1)
        map64_set(&m->index->keys, key, 0);
}

static identity by_convention(const model *m, server_ix own, function_ix at, node_ix receiver_node,
                              val_ix receiver, uint8_t kind, val_ix message)
{
    /* A function of a server's module that sends what this module's clauses name is its client
     * API, whatever pid or name it is given. */
    identity id = {.kind = ID_UNKNOWN, .server = NO_IX};
    if (at == NO_IX) return id;
    server_ix server = m->modules.items[m->functions.items[at].module].server;
    callback_kind wanted = clause_kind(kind);
    bool stops = kind == API_STOP && stops_parameter(m, at, receiver_node);
    if (server != NO_IX && (stops || names_message(m, server, wanted, message))) {
        id = module_identity(own, server);
        bool mine = false, foreign = false;
        origins(m, receiver, 0, &mine, &foreign);
        id.same_key = id.kind == ID_OWN_KIND && mine && !foreign;
        return id;
    }
    /* A request that only one server of the snapshot has a clause for. */
    const model_val *v = model_value(m, message);
    if (kind == API_CALL && v->kind == VAL_TUPLE && v->kid_count >= 2) {
        const model_val *head = model_value(m, model_value_kid(m, message, 0));
        uint32_t only = head->kind == VAL_ATOM
                            ? map64_get(&m->index->call_tags, pair64(head->name, v->kid_count), 0)
                            : 0;
        if (only) {
            id = module_identity(own, only - 1);
            id.by_tag = true;
        }
    }
    return id;
}

identity model_identify(const model *m, const binding *fields, uint32_t field_count, server_ix own,
                        function_ix at, node_ix receiver_node, val_ix receiver, uint8_t kind,
                        val_ix message)
{
    const model_val *v = model_value(m, receiver);
    if (v->kind == VAL_UNION) {
        /* A name or its pid: the first alternative that says something. */
        for (uint32_t i = 0; i < v->kid_count; i++) {
            identity id = model_identify(m, fields, field_count, own, at, receiver_node,
                                         model_value_kid(m, receiver, i), kind, message);
            if (id.kind != ID_UNKNOWN) return id;
        }
        return (identity){.kind = ID_UNKNOWN, .server = NO_IX};
    }
    if (v->kind == VAL_FIELD &&
        model_value(m, model_value_kid(m, receiver, 0))->kind == VAL_STATE) {
        val_ix held = field_value(fields, field_count, v->name);
        const model_val *h = model_value(m, held);
        if (h->kind == VAL_PID || h->kind == VAL_ATOM || h->kind == VAL_SELF ||
            h->kind == VAL_TUPLE) {
            receiver = held;
            v = h;
        }
    }
    switch ((val_kind)v->kind) {
    case VAL_SELF: return (identity){.kind = ID_SELF, .server = own};
    case VAL_FROM:
    case VAL_CALLER: return (identity){.kind = ID_CALLER, .server = NO_IX};
    case VAL_PID: return (identity){.kind = ID_MODULE, .server = (server_ix)v->number};
    case VAL_ATOM: {
        identity id = atom_identity(m, own, v->name);
        if (id.kind != ID_UNKNOWN) return id;
        break;
    }
    case VAL_TUPLE: {
        const model_val *head = model_value(m, model_value_kid(m, receiver, 0));
        if (head->kind == VAL_ATOM && v->kid_count == 2) {
            bool global = head->name == m->index->s_global || head->name == m->index->s_local;
            const model_val *key = model_value(m, model_value_kid(m, receiver, 1));
            sym name = global && key->kind == VAL_ATOM ? key->name : head->name;
            identity id = atom_identity(m, own, name);
            /* {name, node}: the process of that name there, perhaps here. */
            if (id.kind == ID_NAMED && !global) id.kind = ID_MODULE;
            if (id.kind == ID_MODULE && id.server == own) id.kind = ID_OWN_KIND;
            if (id.kind != ID_UNKNOWN) return id;
        }
        uint64_t key = identity_key(m, receiver);
        uint32_t server = key ? map64_get(&m->index->keys, key, 0) : 0;
        if (server) {
            identity id = module_identity(own, server - 1);
            bool mine = false, foreign = false;
            origins(m, receiver, 0, &mine, &foreign);
            id.same_key = id.kind == ID_OWN_KIND && mine && !foreign;
            return id;
        }
        break;
    }
    default: break;
    }
    return by_convention(m, own, at, receiver_node, receiver, kind, message);
}
