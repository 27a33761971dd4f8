/* The linked actor model of one snapshot: facts of all blobs in one symbol and node space, names
 * resolved as far as the source allows, servers and their callback clauses, what each callback
 * does in its own process (effects), who sends what to whom (message edges), supervision trees
 * and protocol automata. What cannot be resolved is *unknown*, a value of its own.
 *
 * Built once by model_link, then read-only: any number of threads may read it. Everything is a
 * flat array; indices are in source order (path, then line), so output is deterministic. */
#ifndef LODE_MODEL_MODEL_H
#define LODE_MODEL_MODEL_H

#include "base/base.h"
#include "parsers/facts.h"

#define NO_IX UINT32_MAX /* no index; an enumeration constant would not fit an int */
typedef uint32_t file_ix, module_ix, function_ix, clause_ix, server_ix, callback_ix, op_ix, api_ix,
    effect_ix, frame_ix, supervisor_ix, child_ix, edge_ix;
typedef uint32_t val_ix; /* 0 is unknown */

/* ---- source entities ---------------------------------------------------------------------- */

typedef struct {
    sym path;
    uint8_t lang;
    bool is_test;    /* under test/, tests/, *_SUITE, _test.exs; bench/, examples/ and scripts */
    bool is_script;  /* .exs, .escript */
    bool is_example; /* under examples/, example/, demo/ */
    module_ix module_first;
    uint32_t module_count;
    sym application; /* OTP application or mix project the file belongs to (directory that holds
                        mix.exs, rebar.config or src/X.app.src), "" when unknown */
} model_file;

typedef struct {
    sym name;
    file_ix file;
    uint8_t kind; /* module_kind; MODULE_USING rows are kept but have no server */
    bool is_test;
    uint32_t line, end_line;
    function_ix function_first; /* in source order, then what `use` of local modules brought in */
    uint32_t function_count;
    server_ix server; /* NO_IX: no process behaviour */
} model_module;

typedef struct {
    module_ix module; /* the module it runs in: the user's, when `inherited` */
    file_ix file;     /* where its text stands */
    sym name;
    uint16_t arity, default_count;
    uint8_t kind; /* function_kind */
    bool is_test, is_delegate, is_impl;
    bool exported;
    bool inherited; /* from the __using__ of another module */
    clause_ix clause_first;
    uint32_t clause_count;
    op_ix op_first; /* its direct operations, in evaluation order */
    uint32_t op_count;
    uint32_t line, end_line;
} model_function;

typedef struct {
    function_ix function;
    uint32_t param_first; /* into kids; function.arity patterns */
    node_ix guard, body;
    uint32_t line, end_line;
    bool conditional;
} model_clause;

typedef struct {
    module_ix module;
    sym name;
    node_ix value;
} model_attribute;

typedef struct {
    module_ix module;
    sym name; /* behaviour or used module, as written after alias resolution */
    node_ix opts;
    bool is_use; /* else -behaviour / @behaviour */
    uint32_t line;
} model_behaviour;

typedef struct {
    module_ix module;
    sym name;
    bool is_struct;
    uint32_t field_first, field_count; /* into fields */
} model_record;

typedef struct {
    module_ix module;
    function_ix function; /* NO_IX: the module's */
    uint8_t kind;         /* doc_kind */
    sym text;
    uint32_t line;
} model_doc;

typedef struct {
    file_ix file;
    uint32_t line;
    sym rule, reason;
} model_ignore;

/* ---- the API table ------------------------------------------------------------------------ */

/* What a known function does to processes. One row per function in model/api.def. */
typedef enum {
    API_PURE,     /* known and uninteresting */
    API_CALL,     /* request and wait for the reply */
    API_CAST,     /* request without reply */
    API_SEND,     /* plain message */
    API_REPLY,    /* answer to a From */
    API_START,    /* start or start_link of a behaviour: waits for init */
    API_STOP,     /* GenServer.stop, gen_server:stop, exit-and-wait */
    API_EXIT,     /* exit signal to a pid, Process.exit/2 */
    API_RAISE,    /* raise, exit/1, throw, error: does not return */
    API_SPAWN,    /* runs a fun or MFA in a new process */
    API_TASK,     /* Task.async and friends: new process, result sent back to the caller */
    API_AWAIT,    /* waits for a task or a response */
    API_SUP_CALL, /* call to a supervisor: start_child, terminate_child, which_children ... */
    API_APP_CALL, /* request to the application controller */
    API_TIMER,    /* message to a process after a time */
    API_INTERVAL, /* message again and again */
    API_CANCEL,   /* cancels a timer */
    API_MONITOR,
    API_DEMONITOR,
    API_LINK,
    API_UNLINK,
    API_TRAP_EXIT, /* process_flag(trap_exit, _), decided by the argument's value */
    API_REGISTER,  /* names a process */
    API_UNREGISTER,
    API_WHEREIS, /* looks a name up */
    API_SELF,
    API_SUBSCRIBE, /* asks to be sent messages: PubSub, Registry.register, :pg.join, events */
    API_PUBLISH,   /* sends to all subscribers */
    API_ETS_NEW,
    API_ETS_READ,
    API_ETS_WRITE,
    API_BLOCKING, /* may take long: network, database, file, sleep, external command */
    API_GLOBAL_LOCK,
    API_HIBERNATE,
    API_COPY,          /* binary:copy */
    API_SUBBINARY,     /* gives a part of a binary that shares its memory */
    API_RUN,           /* runs a fun given as argument in this process: Enum.each, lists:map ... */
    API_LOOP,          /* as API_RUN, for each element */
    API_RUN_IN_SERVER, /* runs a fun inside the server called: Agent.update ... (a call too) */
    API_OPEN_SOURCE,   /* makes messages arrive: ports, active sockets, system monitors, :nodes */
    API_LOG,
    API_TELEMETRY,
    API_KIND_COUNT
} api_kind;

typedef enum {
    BLOCK_NONE,
    BLOCK_SLEEP,
    BLOCK_NET,  /* sockets, DNS, HTTP, brokers */
    BLOCK_DB,   /* queries */
    BLOCK_FILE, /* disk */
    BLOCK_CMD,  /* external programs */
    BLOCK_RPC,  /* other nodes */
    BLOCK_WAIT  /* waits for another process by other means */
} block_class;

enum { API_NO_ARG = -1 };
enum { TIMEOUT_NEVER = -1, TIMEOUT_UNKNOWN_MS = -2, TIMEOUT_NONE_MS = -3 };

typedef struct {
    const char *module; /* "" for auto-imported functions */
    const char *name;
    int8_t arity; /* -1: any */
    uint8_t kind;
    uint8_t block;           /* block_class */
    int8_t receiver;         /* argument index from 0, or API_NO_ARG */
    int8_t message;          /* argument that is the message, spec, fun or MFA's first part */
    int8_t timeout;          /* argument that is the timeout in ms */
    int32_t timeout_default; /* ms; TIMEOUT_NEVER; TIMEOUT_NONE_MS where there is none */
    uint8_t server;          /* behaviour it speaks to (server_kind), 0: any */
    const char *flags;       /* words: "link", "monitor", "named", "mfa" ... see model/api.def */
    const char *source;      /* manual section */
} api_row;

const api_row *api_get(api_ix row);
uint32_t api_count(void);
/* Row for module:name/arity, or NO_IX. */
api_ix api_find(sv module, sv name, uint32_t arity);
bool api_flag(const api_row *row, const char *word);
/* Does every module have a function or macro of this name without an import? */
bool api_is_builtin(sv name);
/* Is it a function of OTP or of Elixir itself? What it means then holds even in the repository
 * that defines it. */
bool api_is_standard(const api_row *row);

/* ---- abstract values ---------------------------------------------------------------------- */

/* Hash-consed: equal values have equal indices. Bounded in depth and width; what is beyond is
 * unknown. Values are relative to the callback (root) in which they were computed. */
typedef enum {
    VAL_UNKNOWN = 0,
    VAL_ATOM,    /* name */
    VAL_INT,     /* number */
    VAL_STRING,  /* name */
    VAL_TUPLE,   /* kids */
    VAL_LIST,    /* kids; number 1: there is an unknown tail */
    VAL_MAP,     /* kids: key, value...; name: struct or record name; number 1: further unknown
                    keys (update of an unknown base; kid 0 is then the base) */
    VAL_SELF,    /* pid of the process that runs the root */
    VAL_SPAWNED, /* self() of a process spawned within the root; number: its spawn node */
    VAL_FROM,    /* the From of the handle_call at the root */
    VAL_CALLER,  /* pid inside From */
    VAL_STATE,   /* the state argument of the root, unchanged */
    VAL_FIELD,   /* kid0 base, name field: part of an otherwise unknown value */
    VAL_PARAM,   /* parameter `number` of the root function, when the root is no callback */
    VAL_MESSAGE, /* the message argument of the root, or (VAL_FIELD, VAL_ELEMENT) a part of it */
    VAL_ELEMENT, /* kid0 base, number: element of a tuple or list that is otherwise unknown */
    VAL_PID,     /* process started in this code: number is the server_ix of its module */
    VAL_NAME,    /* reserved for via/global names: kid0 the key, name: the registry module */
    VAL_REF,     /* fresh reference; number: the node that made it */
    VAL_TIMER,   /* timer reference; number: the node that made it */
    VAL_TASK,    /* %Task{}; number: the node that made it */
    VAL_BINARY_PART, /* shares memory with a bigger binary */
    VAL_TABLE,       /* ets table; name if named */
    VAL_FN,          /* anonymous function; number: its node, kids: the captured environment */
    VAL_FUN_REF,     /* number: function_ix */
    VAL_RESULT,      /* result of the call at node `number` to something outside the snapshot */
    VAL_UNION,       /* one of the kids */
    VAL_KIND_COUNT
} val_kind;

typedef struct {
    uint8_t kind; /* val_kind */
    sym name;
    int64_t number;
    uint32_t kid_first; /* into val_kids */
    uint32_t kid_count;
} model_val;

/* ---- servers ------------------------------------------------------------------------------ */

typedef enum {
    SERVER_NONE,
    SERVER_GENSERVER, /* GenServer, gen_server and look-alikes with its callbacks */
    SERVER_STATEM,    /* gen_statem, gen_fsm */
    SERVER_EVENT,     /* gen_event handler */
    SERVER_STAGE,     /* GenStage */
    SERVER_AGENT,
    SERVER_SUPERVISOR, /* Supervisor, supervisor, and modules that implement init for them */
    SERVER_DYNAMIC_SUPERVISOR,
    SERVER_TASK, /* use Task */
    SERVER_APPLICATION,
    SERVER_CHANNEL, /* Phoenix channels, sockets, LiveView: one process a client */
    SERVER_LOOP,    /* proc_lib / spawn loop with receive */
    SERVER_OTHER,   /* a process behaviour known by name only (Broadway, Oban.Worker ...) */
    SERVER_KIND_COUNT
} server_kind;
const char *server_kind_name(server_kind kind); /* "gen_server" */

/* How many processes of this module there may be. */
typedef enum {
    INSTANCES_UNKNOWN,
    INSTANCES_ONE, /* registered under a literal name, or one static child */
    INSTANCES_FEW, /* several static children */
    INSTANCES_MANY /* started dynamically or per request, pooled */
} instances;

typedef struct {
    module_ix module;
    uint8_t kind;      /* server_kind */
    uint8_t instances; /* instances */
    bool erlang;       /* written in Erlang: default intensity, no default handle_info */
    bool trap_exit;    /* some code path of init (or a callback) sets it */
    bool has_catch_all_info;
    bool supervised;            /* child of a known supervisor, or has a child_spec */
    sym registered;             /* literal name it registers under; 0: none or not literal */
    callback_ix callback_first; /* contiguous */
    uint32_t callback_count;
    int8_t callback_mode; /* SERVER_STATEM: 0 unknown, 1 state_functions, 2 handle_event */
} model_server;

typedef enum {
    CB_NONE,
    CB_INIT,
    CB_CALL,
    CB_CAST,
    CB_INFO,
    CB_CONTINUE,
    CB_TERMINATE,
    CB_CODE_CHANGE,
    CB_EVENT,     /* gen_statem handle_event/4, state functions; gen_event handle_event */
    CB_DEMAND,    /* GenStage handle_demand, handle_events */
    CB_START,     /* Application.start */
    CB_STOP,      /* Application.stop, prep_stop */
    CB_CLIENT_IN, /* channel handle_in, LiveView handle_event, join, mount */
    CB_AGENT_FUN, /* function given to an Agent: server is the module that owns the agent */
    CB_LOOP,      /* arm of the receive of a spawn loop */
    CB_RUN,       /* body of a task or worker: perform, run, start function of proc_lib */
    CB_KIND_COUNT
} callback_kind;
const char *callback_kind_name(callback_kind kind); /* "handle_call" */

/* One callback clause of one server. */
typedef struct {
    server_ix server;
    uint8_t kind;  /* callback_kind */
    uint8_t event; /* gen_statem: CB_CALL, CB_CAST, CB_INFO, CB_EVENT (timeouts), CB_NONE any */
    function_ix function;
    clause_ix clause;   /* NO_IX for CB_LOOP, CB_AGENT_FUN */
    node_ix node;       /* body */
    node_ix message;    /* pattern of the message; 0: none */
    node_ix from;       /* pattern of From; 0: none */
    node_ix state;      /* pattern of the state data; 0: none */
    node_ix state_name; /* gen_statem: pattern or atom of the state; 0 */
    sym state_atom;     /* state_functions: name of the state function */
    sym tag;            /* atom that names the message: itself, or first element; 0: any or odd */
    uint16_t tag_arity; /* tuple size; 0: bare atom */
    bool catch_all;     /* the message pattern matches anything */
    effect_ix effect_first;
    uint32_t effect_count;
    uint32_t return_first; /* into returns: possible return values */
    uint32_t return_count;
    bool truncated; /* the walk hit its budget: effects are a lower bound */
} model_callback;

/* ---- operations and effects --------------------------------------------------------------- */

enum {
    CTX_SPAWNED = 1,     /* runs in a process spawned on the way */
    CTX_TASK = 2,        /* ... as a task (CTX_SPAWNED too) */
    CTX_AWAITED = 4,     /* ... whose result is awaited by this process */
    CTX_CLOSURE = 8,     /* in a fun of which nobody knows where and whether it runs */
    CTX_CAUGHT = 16,     /* under try/catch/rescue that can catch an exit */
    CTX_LOOP = 32,       /* repeated: comprehension, Enum.each, recursion */
    CTX_BRANCH = 64,     /* only on some branch */
    CTX_IN_SERVER = 128, /* in a fun that runs inside another server (Agent funs) */
    CTX_NOT_SELF = 256,  /* under a test that the target is not self() */
    CTX_HANDLER = 512    /* in a catch or rescue clause: only after something was raised */
};

typedef enum { OP_FUNCTION, OP_API, OP_EXTERNAL, OP_UNRESOLVED, OP_RECEIVE } op_kind;

typedef enum {
    UNRESOLVED_NONE,
    UNRESOLVED_MODULE_VAR,   /* Mod:f() with a computed module */
    UNRESOLVED_FUNCTION_VAR, /* apply, M:F(A) */
    UNRESOLVED_FUN_VALUE,    /* F() of a value from outside */
    UNRESOLVED_MACRO,        /* macro whose definition is not in the snapshot */
    UNRESOLVED_LOCAL,        /* local call without a definition: imported or generated */
    UNRESOLVED_RECEIVER,     /* call/cast/send to an unknown process */
    UNRESOLVED_MESSAGE,      /* message without a tag known */
    UNRESOLVED_CHILD,        /* child specification that is computed */
    UNRESOLVED_COUNT
} unresolved_cause;
const char *unresolved_cause_name(unresolved_cause cause);

/* One call or receive as it stands in one clause, resolved without knowing callers. */
typedef struct {
    function_ix function;
    clause_ix clause;
    node_ix node;
    uint8_t kind;       /* op_kind */
    uint8_t cause;      /* unresolved_cause */
    uint16_t ctx;       /* CTX_* within the clause */
    function_ix target; /* OP_FUNCTION */
    api_ix api;         /* OP_API */
    sym module, name;   /* OP_EXTERNAL: foreign module and function */
    uint32_t order;     /* position within the clause */
} model_op;

/* Who is meant by the receiver of a message. */
typedef enum {
    ID_UNKNOWN,
    ID_SELF,       /* the very process that runs the root */
    ID_CALLER,     /* the client that waits for the root's reply */
    ID_NAMED,      /* the process registered under a literal name: certain */
    ID_MODULE,     /* some process of this server's module: which one is a convention */
    ID_OWN_KIND,   /* some process of the root's own module, maybe itself */
    ID_SUPERVISOR, /* supervisor .supervisor */
    ID_CONTROLLER  /* the application controller */
} id_kind;

typedef struct {
    uint8_t kind;     /* id_kind */
    server_ix server; /* NO_IX when none is known */
    bool same_key;    /* ID_OWN_KIND: the key or name equals that of the root's process */
    bool by_tag;      /* found as the only server with a clause for the message: a convention */
} identity;

/* What the root callback does, in its own process or one it spawns, itself or through functions
 * it calls in any file. In the order of evaluation of the first visit. */
typedef struct {
    callback_ix root;
    node_ix node;   /* the call, in the function of frame */
    api_ix api;     /* NO_IX for a receive or a foreign function */
    uint8_t kind;   /* api_kind; API_KIND_COUNT: NODE_RECEIVE; API_KIND_COUNT + 1: foreign */
    uint16_t ctx;   /* CTX_* along the whole path */
    frame_ix frame; /* call path: see model_frame */
    val_ix receiver, message;
    identity id;        /* of the receiver */
    int32_t timeout_ms; /* TIMEOUT_* or ms */
    bool timeout_stated;
    uint32_t task_node; /* CTX_SPAWNED: node of the spawn; 0 */
    uint32_t arg_first; /* into effect_args: values of all arguments */
    uint32_t arg_count;
} model_effect;
enum { EFFECT_RECEIVE = API_KIND_COUNT, EFFECT_FOREIGN = API_KIND_COUNT + 1 };

/* A frame of a call path: who called the function of this frame, from which node. */
typedef struct {
    frame_ix parent; /* NO_IX: the root callback */
    function_ix function;
    node_ix call; /* in the parent's function; 0 for the root */
} model_frame;

/* Message edge of the population: every call, cast, send ... to a server, wherever it stands. */
typedef enum {
    EDGE_CALL,
    EDGE_CAST,
    EDGE_SEND,
    EDGE_REPLY,
    EDGE_MONITOR,
    EDGE_START,
    EDGE_STOP,
    EDGE_TIMER,
    EDGE_SUP_CALL,
    EDGE_APP_CALL
} edge_kind;
const char *edge_kind_name(edge_kind kind);
typedef struct {
    function_ix function; /* where it stands */
    callback_ix callback; /* of which callback clause it is part directly; NO_IX: client side */
    op_ix op;
    uint8_t kind;
    uint8_t id;       /* id_kind */
    server_ix server; /* target; NO_IX: unresolved */
    sym tag;          /* 0: unknown */
    uint16_t tag_arity;
    val_ix message;
    int32_t timeout_ms;
    bool timeout_stated;
} model_edge;

/* ---- supervision (model/supervision.c) ----------------------------------------------------- */

typedef enum {
    STRATEGY_UNKNOWN,
    STRATEGY_ONE_FOR_ONE,
    STRATEGY_ONE_FOR_ALL,
    STRATEGY_REST_FOR_ONE,
    STRATEGY_SIMPLE_ONE_FOR_ONE
} strategy;
typedef enum { RESTART_UNKNOWN, RESTART_PERMANENT, RESTART_TRANSIENT, RESTART_TEMPORARY } restart;
enum { SHUTDOWN_BRUTAL = 0, SHUTDOWN_INFINITY = -1, SHUTDOWN_UNKNOWN = -2 };

/* One supervisor as started: a module's init, or an inline Supervisor.start_link(children, opts).*/
typedef struct {
    module_ix module; /* where it stands */
    function_ix function;
    node_ix node;       /* the init result or start_link call */
    node_ix flags_node; /* where strategy and intensity stand; 0: defaulted */
    server_ix server;   /* server of a module-based supervisor; NO_IX: inline */
    sym registered;
    uint8_t strategy;
    bool dynamic;      /* DynamicSupervisor, simple_one_for_one, Task.Supervisor */
    bool partition;    /* PartitionSupervisor */
    bool is_root;      /* started by an application's start callback */
    int32_t intensity; /* -2: unknown */
    int32_t period_s;  /* -2: unknown */
    bool strategy_stated, intensity_stated, period_stated;
    int32_t max_children; /* -1: infinity or none; -2: unknown */
    child_ix child_first; /* in start order; contiguous */
    uint32_t child_count;
    bool children_complete; /* false: some children are computed and unknown */
    supervisor_ix parent;   /* NO_IX */
} model_supervisor;

typedef struct {
    supervisor_ix supervisor;
    uint32_t position;           /* from 0, in start order */
    node_ix node;                /* its specification */
    sym id;                      /* 0: unknown */
    sym registered;              /* literal name it is started with; 0 */
    module_ix module;            /* start module of the snapshot; NO_IX: foreign or unknown */
    sym module_name;             /* foreign module, e.g. Phoenix.PubSub; 0 */
    sym start_function;          /* start_link */
    node_ix start_args;          /* 0 */
    supervisor_ix as_supervisor; /* the supervisor this child is; NO_IX */
    uint8_t restart;             /* restart */
    bool restart_stated;
    bool restart_delayed; /* {permanent, Delay}: tried later where the budget is used up */
    int32_t shutdown_ms;  /* SHUTDOWN_* or ms */
    bool shutdown_stated;
    bool is_supervisor; /* type: supervisor */
    bool is_dynamic;    /* template of a dynamic supervisor or a start_child site */
    bool conditional;   /* only on some configuration */
    bool repeated;      /* one of a list made by a comprehension */
} model_child;

/* ---- protocol automata (model/protocol.c) --------------------------------------------------- */

/* Abstract value of a state field. */
typedef enum { FV_UNKNOWN, FV_UNSET, FV_SET, FV_ATOM } field_value_kind; /* UNSET: nil, undefined */

typedef enum { USE_READ, USE_WRITE, USE_REQUIRE, USE_REFUSE, USE_CRASH } field_use_kind;

/* How one callback clause uses one state field. */
typedef struct {
    callback_ix callback;
    sym field;
    uint8_t kind;   /* field_use_kind */
    uint8_t value;  /* field_value_kind written, required, refused or crashing */
    sym atom;       /* FV_ATOM */
    node_ix node;   /* where */
    frame_ix frame; /* NO_IX: in the clause itself */
} model_field_use;

typedef struct {
    server_ix server;
    sym name;  /* "conn=unset", gen_statem: the state's name */
    sym field; /* 0 for gen_statem */
    uint8_t value;
    sym atom;
    bool initial;
} model_state;

typedef enum {
    TRANSITION_ACCEPT,
    TRANSITION_REFUSE,
    TRANSITION_CRASH,
    TRANSITION_POSTPONE,
    TRANSITION_IGNORE
} transition_kind;
typedef struct {
    server_ix server;
    uint32_t from, to; /* into states; to == from: stays */
    callback_ix callback;
    sym tag;
    uint16_t tag_arity;
    uint8_t event; /* callback_kind */
    uint8_t kind;  /* transition_kind */
} model_transition;

typedef enum { ORDER_UNKNOWN, ORDER_ENFORCED, ORDER_NOT_ENFORCED, ORDER_CONTRADICTED } order_status;
/* An order stated in documentation: first must come before then. */
typedef struct {
    server_ix server;
    function_ix function; /* documented; NO_IX: module doc */
    sym first, then;      /* operation names */
    uint8_t status;
    file_ix file;
    uint32_t line;
} model_order;

/* ---- the model ------------------------------------------------------------------------------ */

typedef struct {
    sym_table symbols;
    VEC(fact_node) nodes; /* all files; fact_node.reserved is file_ix + 1 */
    VEC(node_ix) kids;
    VEC(model_file) files;
    VEC(model_module) modules;
    VEC(model_function) functions;
    VEC(model_clause) clauses;
    VEC(model_attribute) attributes;
    VEC(model_behaviour) behaviours;
    VEC(model_record) records;
    VEC(fact_field) fields;
    VEC(model_doc) docs;
    VEC(model_ignore) ignores;
    VEC(fact_import) imports; /* module: module_ix of the model */
    VEC(node_ix) terms;       /* of .app.src, rebar.config and scripts */
    VEC(model_op) ops;
    VEC(model_server) servers;
    VEC(model_callback) callbacks;
    VEC(model_effect) effects;
    VEC(val_ix) effect_args;
    VEC(val_ix) returns;
    VEC(model_frame) frames;
    VEC(model_edge) edges;
    VEC(model_val) vals;
    VEC(val_ix) val_kids;
    VEC(model_supervisor) supervisors;
    VEC(model_child) children;
    VEC(model_field_use) field_uses;
    VEC(model_state) states;
    VEC(model_transition) transitions;
    VEC(model_order) orders;
    uint32_t unresolved[UNRESOLVED_COUNT];
    uint32_t walk_truncated; /* callbacks whose walk hit the budget */
    uint64_t walk_steps;
    struct model_index *index; /* lookup tables; private to model/ */
} model;

typedef struct {
    sv path; /* within the snapshot, '/'-separated */
    const facts *facts;
} model_input;

/* Links the facts of a snapshot's files (sorted by path, as the crawler gives them). The model
 * copies what it needs: the facts may be released afterwards. Never fails on odd input; *m must
 * be zero. */
void model_link(model *m, const model_input *files, uint32_t file_count);
void model_release(model *m);

/* ---- reading -------------------------------------------------------------------------------- */

static inline const fact_node *model_node(const model *m, node_ix node)
{
    return &m->nodes.items[node];
}
static inline node_ix model_kid(const model *m, node_ix node, uint32_t n)
{
    const fact_node *at = &m->nodes.items[node];
    return n < at->kid_count ? m->kids.items[at->kid_first + n] : 0;
}
static inline uint32_t model_kid_count(const model *m, node_ix node)
{
    return m->nodes.items[node].kid_count;
}
static inline sv model_text(const model *m, sym symbol)
{
    return sym_text(&m->symbols, symbol);
}
/* The symbol of a text in this model; 0 when it occurs nowhere. */
sym model_sym(const model *m, const char *text);
/* Is node an atom (or string name) with this text? Looks through macros and attributes. */
bool model_is_atom(const model *m, node_ix node, const char *text);
/* Looks through NODE_MACRO expansions, NODE_ATTR values and one-expression blocks. */
node_ix model_strip(const model *m, node_ix node);
/* The arguments of a call node: first kid index after module or fun expression. */
uint32_t model_arg_count(const model *m, node_ix call);
node_ix model_arg(const model *m, node_ix call, uint32_t n);

module_ix model_module_named(const model *m, sym name); /* NO_IX */
/* Function name/arity of a module, default arguments considered; NO_IX. */
function_ix model_function_of(const model *m, module_ix module, sym name, uint32_t arity);
/* What function a call node in this function calls, if it is one of the snapshot; NO_IX. */
function_ix model_call_target(const model *m, function_ix in, node_ix call);
/* The API row of a call node in this function; NO_IX. */
api_ix model_call_api(const model *m, function_ix in, node_ix call);
server_ix model_server_named(const model *m, sym registered); /* NO_IX */
/* Last value of a module attribute (@x, -x(..)); 0. */
node_ix model_attribute_of(const model *m, module_ix module, sym name);
bool model_has_behaviour(const model *m, module_ix module, const char *name);
/* The value of a key in a keyword list, proplist or map node; 0. */
node_ix model_option(const model *m, node_ix list, const char *key);

typedef struct {
    sv path;
    file_ix file;
    uint32_t line, col, end_line;
} place;
place model_place(const model *m, node_ix node);
place model_function_place(const model *m, function_ix function);
/* "Mod.fun/2" or "mod:fun/2" in the arena. */
const char *model_function_label(const model *m, function_ix function, arena *a);
/* "Session.handle_call({:refresh, …})" / "session:handle_call({refresh, …})" in the arena. */
const char *model_callback_label(const model *m, callback_ix callback, arena *a);
/* The message of a value or a pattern as text: "{:load, …}"; in the language of `file`. */
const char *model_message_label(const model *m, val_ix message, bool erlang, arena *a);

/* Visits node and all below, parents first, in source order; false from visit skips below. */
void model_visit(const model *m, node_ix node,
                 bool (*visit)(const model *m, node_ix node, void *payload), void *payload);

static inline const model_val *model_value(const model *m, val_ix v)
{
    return &m->vals.items[v];
}
static inline val_ix model_value_kid(const model *m, val_ix v, uint32_t n)
{
    const model_val *at = &m->vals.items[v];
    return n < at->kid_count ? m->val_kids.items[at->kid_first + n] : 0;
}

typedef enum { MATCH_NO, MATCH_MAYBE, MATCH_YES } match_result;
/* Can value match pattern (of a clause head, arm ...)? Unknown parts match maybe. A guard makes
 * YES into MAYBE unless it is decided by the pattern. */
match_result model_match(const model *m, node_ix pattern, node_ix guard, val_ix value);
/* Does every value that matches `narrow` match `wide`? Guards not considered. */
bool model_pattern_covers(const model *m, node_ix wide, node_ix narrow);
/* First callback clause of the server that takes this request (kind CB_CALL, CB_CAST, CB_INFO);
 * *result tells how sure. NO_IX when no clause can match. Start searching at `from_clause`
 * (0 first) to enumerate all that may match. */
callback_ix model_clause_for(const model *m, server_ix server, callback_kind kind, val_ix message,
                             callback_ix from_clause, match_result *result);

/* Can this supervisor be an ancestor of the server's processes? */
bool model_is_ancestor(const model *m, supervisor_ix ancestor, server_ix server);
/* Children that run this server's module, from `start` on (NO_IX at the end). */
child_ix model_child_of(const model *m, server_ix server, child_ix start);
/* Appends the supervision trees as indented text: roots first, then what has no known parent. */
void model_supervision_print(const model *m, buf *out);
/* Automata, field uses and documented orders as text, one row a line; stable. For people and tests.
 */
void model_protocol_print(const model *m, buf *out);
/* The automata as one Graphviz digraph, a cluster for each server; stable. */
void model_protocol_dot(const model *m, buf *out);

#endif
