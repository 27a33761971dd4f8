/* A parsed scenario: flat arrays linked by indices, no pointers between them. */
#ifndef LODE_RUNTIME_PROGRAM_H
#define LODE_RUNTIME_PROGRAM_H

#include "base/base.h"
#include "runtime/runtime.h"
#include "runtime/term.h"

#define NONE UINT32_MAX /* "no such index" in any of the arrays below */

enum {
    PROGRAM_VARS_MAX = 128, /* variables of one template */
    PROGRAM_DEPTH_MAX = 60, /* nesting of expressions, patterns and blocks */
    PROGRAM_BYTES_MAX = 4 << 20,
};

/* Expressions and patterns share their nodes. `kids` of a node are consecutive in program.kids. */
typedef enum {
    NODE_INT,   /* value */
    NODE_ATOM,  /* value: sym */
    NODE_VAR,   /* value: variable; in a pattern it is bound anew */
    NODE_PIN,   /* value: variable; pattern only: must be equal to what it holds */
    NODE_WILD,  /* pattern only */
    NODE_TUPLE, /* kids */
    NODE_LIST,  /* kids; tail: the last kid is the rest of the list, as in [H | T] */
    NODE_OP,    /* value: node_op; kids: operands */
    NODE_SELF,
    NODE_NOW, /* virtual time, ms */
} node_kind;

typedef enum {
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_REM,
    OP_CONCAT,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_NEG,
    OP_LEN,
    OP_ELEM,
    OP_IS_PID,
    OP_IS_ATOM,
    OP_IS_INT,
    OP_IS_TUPLE,
    OP_IS_LIST,
    OP_MEMBER,
    OP_DELETE,
    OP_SORT,
    OP_PART, /* of a binary: its first bytes, which keep all of it */
    OP_SIZE,
    OP_COUNT
} node_op;

typedef struct {
    uint8_t kind; /* node_kind */
    bool tail;    /* NODE_LIST: see there */
    uint32_t kid_first;
    uint32_t kid_count;
    int64_t value;
} node;

/* Instructions. Operands e[] are nodes; dst is the pattern that takes the result, or NONE. */
typedef enum {
    I_END,         /* end of a block's code: return from the handler or end the process */
    I_LET,         /* dst = e0 */
    I_JUMP,        /* to a */
    I_JUMP_IF_NOT, /* to a unless e0 is true */
    I_COUNT,       /* a counter for `repeat`: variable b minus one, to a when it was 0 */
    I_CHOOSE,      /* one of b targets in program.kids from a */
    I_TRY,         /* failures until I_TRY_END go to a, reason to dst if it matches */
    I_TRY_END,
    I_SEND,      /* e0 ! e1 */
    I_CAST,      /* e0, e1 */
    I_CALL,      /* e0, e1, timeout e2; b: call_kind */
    I_STOP_PROC, /* gen_server:stop: e0, reason e1, timeout e2 */
    I_REPLY_TO,  /* e0 is from, e1 the value */
    I_RETURN,    /* b: return_kind; e0 value or reason, e1 timeout, e2 continue/reply */
    I_RECEIVE,   /* clauses a, count b; after e0 (or NONE) go to the target in e1 */
    I_SLEEP,     /* e0 ms */
    I_UNTIL,     /* until virtual time e0 */
    I_LINK,
    I_UNLINK,      /* e0 */
    I_MONITOR,     /* e0, tag e1 -> ref; b: alias_kind */
    I_DEMONITOR,   /* e0; b: demonitor_flags -> true, with info whether it was there */
    I_ALIAS,       /* -> ref; b: alias_kind */
    I_UNALIAS,     /* e0 -> bool */
    I_EXIT,        /* exit(e0) */
    I_CRASH,       /* error(e0) */
    I_EXIT_SIGNAL, /* exit(e0, e1) */
    I_TRAP_EXIT,   /* e0 -> the former flag */
    I_SPAWN,       /* a: template or NONE for code at e2; args e1; b: spawn_flags -> pid */
    I_START,       /* a: template; args e1; timeout e0; b: spawn_flags -> {ok, Pid} | ignore |
                      {error, R}; of a function: what it returns */
    I_INIT_ACK,    /* answers the starter with e0 */
    I_ENTER_LOOP,  /* a: template; args e1: the process becomes this server */
    I_REGISTER,    /* e0 name, e1 pid */
    I_UNREGISTER,  /* e0 */
    I_WHEREIS,     /* e0 -> pid | undefined */
    I_ALIVE,       /* e0 -> bool */
    I_SEND_AFTER,  /* e0 ms, e1 to, e2 message; b: 1 for start_timer */
    I_CANCEL_TIMER,
    I_READ_TIMER, /* e0 -> ms left | false */
    I_LOG,        /* e0 */
    I_ASSERT,     /* e0 */

    I_AWAIT,  /* e0 task, timeout e2; b: 1 for yield */
    I_FUN,    /* code at a -> a value that I_CALL of an agent carries */
    I_APPLY,  /* e0 function value: run here, result */
    I_STATEM, /* state machine action: b: statem_action; e0, e1 */

    I_REQUEST,        /* send_request: e0, e1 -> the request's reference */
    I_RESPONSE,       /* e0 request or list of {Request, Label}, timeout e2; b: response_flags */
    I_CHECK_RESPONSE, /* e0 message, e1 request or list; b: response_flags */
    I_SYSTEM,         /* e0 to, e1 what: get_state, {replace_state, Fun}, suspend, resume */
    I_BINARY,         /* e0 bytes -> a binary of its own; b: 1 copies the binary e0 instead */
    I_CHECK_SPECS,    /* e0 list of child specifications, e2 auto_shutdown */
} insn_kind;

enum { SPAWN_LINK = 1, SPAWN_MONITOR = 2, SPAWN_TASK = 4, SPAWN_REQUEST = 8 };
enum { DEMONITOR_FLUSH = 1, DEMONITOR_INFO = 2 };
enum {
    RESPONSE_ABANDON = 1,
    RESPONSE_KEEP = 2
}; /* give it up at the timeout; keep what is answered */
/* How an alias ends: with its monitor (of its own: by unalias), by unalias only, or also with the
 * first message sent to it. */
typedef enum { ALIAS_NONE, ALIAS_DEMONITOR, ALIAS_EXPLICIT, ALIAS_REPLY } alias_kind;
typedef enum { CALL_PLAIN, CALL_SUPERVISOR, CALL_AGENT } call_kind;
typedef enum { RET_NONE, RET_REPLY, RET_NOREPLY, RET_STOP, RET_IGNORE, RET_BAD } return_kind;
typedef enum {
    STATEM_NEXT, /* next state e0 */
    STATEM_POSTPONE,
    STATEM_TIMEOUT,  /* state timeout e0 ms, content e1; e0 may be cancel, update, {abs, T} */
    STATEM_GENERIC,  /* generic timeout named e1, e0 ms, content e2 */
    STATEM_EVENT,    /* event timeout e0 ms, content e1 */
    STATEM_INTERNAL, /* next event internal e0 */
    STATEM_REPEAT,   /* enter the same state again */
} statem_action;

typedef struct {
    uint8_t kind; /* insn_kind */
    uint32_t dst;
    uint32_t e[3];
    uint32_t a, b;
    uint32_t line;
    uint32_t place; /* sym of the source place; 0: none */
} insn;

/* One branch of a `receive`, or one clause of a server. */
typedef enum {
    CLAUSE_RECEIVE,
    CLAUSE_CALL,
    CLAUSE_CAST,
    CLAUSE_INFO,
    CLAUSE_CONTINUE,
    CLAUSE_TERMINATE,
    CLAUSE_ENTER,
    CLAUSE_INTERNAL,
    CLAUSE_STATE_TIMEOUT,
    CLAUSE_GENERIC_TIMEOUT,
    CLAUSE_TIMEOUT
} clause_kind;

typedef struct {
    uint8_t kind; /* clause_kind */
    uint32_t pattern;
    uint32_t state; /* state machines: pattern of the state, or NONE */
    uint32_t guard; /* NONE: always */
    uint32_t code;
    uint32_t line;
    uint32_t place;
} clause;

typedef enum {
    TEMPLATE_PROCESS,
    TEMPLATE_SERVER,
    TEMPLATE_STATEM,
    TEMPLATE_SUPERVISOR,
    TEMPLATE_DYNAMIC,  /* Elixir's DynamicSupervisor */
    TEMPLATE_FUNCTION, /* runs in the process that starts it */
    TEMPLATE_DRIVER
} template_kind;

enum { SHUTDOWN_INFINITY = -1, SHUTDOWN_BRUTAL = -2 };

/* A child as its supervisor's init lists it. Zero-initialised is not a valid spec. */
typedef struct {
    uint32_t tmpl;
    uint32_t args;   /* node: a list */
    uint32_t id;     /* node */
    uint32_t count;  /* node: instances with ids {id, 1}..{id, n}; NONE: one with id */
    uint8_t restart; /* 0 permanent, 1 transient, 2 temporary */
    bool significant;
    bool is_supervisor;
    int32_t shutdown_ms; /* or SHUTDOWN_ */
    uint32_t line;
    uint32_t place;
} child_def;
enum { RESTART_PERMANENT, RESTART_TRANSIENT, RESTART_TEMPORARY };

typedef enum {
    STRATEGY_ONE_FOR_ONE,
    STRATEGY_ONE_FOR_ALL,
    STRATEGY_REST_FOR_ONE,
    STRATEGY_SIMPLE
} strategy_kind;
typedef enum { AUTO_NEVER, AUTO_ANY, AUTO_ALL } auto_shutdown_kind;
/* Supervisor flags that a variable may give. */
typedef enum { FLAG_STRATEGY, FLAG_INTENSITY, FLAG_PERIOD, FLAG_AUTO } flag_kind;

typedef struct {
    sym name;
    uint8_t kind;        /* template_kind */
    bool prelude;        /* not written in the scenario */
    uint8_t param_count; /* variables 1..param_count; variable 0 is `from` */
    uint32_t var_count;
    sym vars[PROGRAM_VARS_MAX];
    bool var_is_state[PROGRAM_VARS_MAX]; /* kept between clauses */
    uint32_t registered;                 /* node; NONE: anonymous */
    uint32_t init_code; /* sets the state variables, then: body of a process, init of a server */
    uint32_t clause_first, clause_count;
    uint32_t child_first, child_count;
    uint8_t strategy, auto_shutdown;
    uint32_t intensity, period_s, max_children; /* max_children: UINT32_MAX none */
    uint32_t restart_default;                   /* of a child started from it */
    uint32_t
        flag_nodes[4]; /* supervisor: strategy, intensity, period, auto_shutdown; NONE: as above */
    uint32_t children_node; /* supervisor: a list of child specifications, or NONE */
    bool acks;              /* process: says by itself when it is up (init_ack) */
    bool enter_calls;       /* state machine: state enter calls */
    uint32_t state_initial; /* state machine: node */
    uint32_t line;
    uint32_t place;
} template_def;

/* expect some|never|always CATEGORY, expect passed, expect classes|outcomes N */
typedef enum {
    EXPECT_SOME,
    EXPECT_NEVER,
    EXPECT_ALWAYS,
    EXPECT_AT_MOST,  /* no run's peak is over the number */
    EXPECT_AT_LEAST, /* some run's peak is it or over */
    EXPECT_PASSED,   /* the driver came to its end, in every run */
    EXPECT_CLASSES,
    EXPECT_OUTCOMES
} expect_kind;
/* What the built-in monitors measure: each a run's peak, or for restarts their number. */
typedef enum {
    MEASURE_MESSAGES, /* in one mailbox */
    MEASURE_BYTES,    /* of terms in one mailbox */
    MEASURE_BINARIES, /* bytes of binaries that one process keeps from being freed */
    MEASURE_RESTARTS,
    MEASURE_HERD, /* processes woken at one instant */
    MEASURE_COUNT
} measure_kind;
typedef struct {
    uint8_t kind;
    uint32_t categories; /* bit per rt_category */
    uint8_t measure;     /* measure_kind of at_most and at_least */
    int64_t number;
    uint32_t line;
} expectation;

typedef struct {
    sym_table atoms; /* symbols of atoms, variables, places */
    VEC(node) nodes;
    VEC(uint32_t) kids;
    VEC(insn) insns;
    VEC(clause) clauses;
    VEC(child_def) children;
    VEC(template_def) templates;
    VEC(expectation) expectations;
    uint32_t driver; /* template */
    bool has_binaries;
    sym title;
    int64_t horizon_ms;                                /* 0: not given */
    uint32_t mailbox_max;                              /* 0: not given */
    uint32_t events_max;                               /* 0: not given */
    bool delivery_instant, timers_early, reply_by_ref; /* given in the scenario */
} program;

/* Parses text, with the prelude's templates added before it. */
bool program_parse(sv file_name, sv text, program *out, error *err);
void program_release(program *p);

#endif
