/*
 * The frame that every service stands on: settings, log, loop, dispatch with group commit, health, metrics, --describe,
 * orderly stop. A service is one table (struct service) and one handler a verb; what is not in a table is refused.
 *
 * The way of a verb: decode the envelope, check the session in the verb's own transaction, read the record by its field
 * table, read the stream's head, `facts` (reads of the whole group go down together), `decide` (rules; computed fields),
 * then for what is recorded: build the statement (an ACT must come out as the very bytes that were signed), `apply`
 * (projection), append, one commit for the group, answers. A refusal rolls back nothing of the others.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "contract/contract.h"
#include "db/db.h"
#include "db/statement.h"
#include "ledger/statement.h"

#define CALL_ANSWERS_MAX 12
#define CALL_ATTACHMENTS_MAX 4

struct wire_client;

/** Who acts, as access knows it in this transaction. */
struct principal {
    const char *person_id, *name, *terminal_id;
    const char *certificate_sha256;   /* hex of the person's registered certificate, NULL if none */
    unsigned roles;                   /* ROLE_* bits */
    uint8_t token_sha256[DIGEST_LEN];
};

/** The last entry of the stream; nothing is recorded if it moves before the commit. seq -1: the stream is empty. */
struct call_head {
    int64_t seq, time_ms;             /* time TIME_ABSENT when empty */
    uint8_t leaf[DIGEST_LEN];         /* the genesis hash when empty */
};

enum call_phase { PHASE_CALL, PHASE_PREPARE, PHASE_COMMIT };

struct call_attachment {
    const char *name;                 /* [a-z0-9._-]{1,64}, ascending over a call */
    struct bytes data;
};

/** One verb under way. Handlers read everything and write `in`'s COMPUTED and ASSIGNED fields, `out`, `facts`. */
struct call {
    struct arena *arena;              /* ends with the answer */
    struct db *db;                    /* NULL in a service without a database */
    const struct verb_row *verb;
    enum call_phase phase;
    const struct principal *who;      /* NULL when called without a session (VERB_NO_SESSION) */
    const char *peer;                 /* name of the CURVE peer's key: "audit", "T-BENCH-1" ... */
    const char *peer_key;             /* its Z85 public key, 40 characters */
    const char *command;              /* 32 hex; "" for READ and SERVE */
    int64_t now_ms;                   /* the service's time for this verb */
    int64_t said_ms;                  /* the time that its statement says: at commit the signed one, else now_ms */
    void *in, *out;                   /* structs of verb->in, verb->out, all fields absent at first */
    const char *stream;               /* "" when the verb has none */
    struct call_head head;
    int64_t reviewed_seq;             /* ACT: the entry the signer saw, -1: none */
    struct db_rows answers[CALL_ANSWERS_MAX];   /* of call_ask, in order; filled before decide */
    size_t answer_count;
    struct call_attachment attachments[CALL_ATTACHMENTS_MAX];   /* that the entry names; set by decide */
    size_t attachment_count;
    void *facts;                      /* the handler's own */
    /* set before apply */
    int64_t seq, time_ms;             /* of the entry being made */
    uint8_t leaf[DIGEST_LEN];
    struct bytes statement, signature;   /* signature.data NULL for an observation; also set in decide at commit */
};

/**
 * One handler a verb, named <service>_<verb>_verb.
 *   facts   queue reads with call_ask; NULL if there are none. Runs after the stream's head is read.
 *   decide  check the rules, fill COMPUTED and ASSIGNED fields of `in`, fill `out` (READ, SERVE). May read with
 *           db_query; must not write. 0, a refusal, or a fault.
 *   apply   queue the projection's writes with db_queue; NULL if there are none. No reads, no waiting: replay runs the
 *           same code. Also the place where a SERVE verb writes.
 */
struct handler {
    int (*facts)(struct call *c, struct err *e);
    int (*decide)(struct call *c, struct err *e);
    int (*apply)(struct call *c, struct err *e);
    /* actor: only for an ACT that may be called without a session: who acts, read from `in` (strings in c->arena); NULL
     * for all others. The signature is still verified against the lab root, with that person and certificate. */
    int (*actor)(struct call *c, struct principal *ret, struct err *e);
};

/** call_ask(c, row, values, count): queue a read for `facts`; its rows are c->answers[n] for the n-th call_ask. */
void call_ask(struct call *c, const struct statement_row *row, const struct db_value *values, size_t count);

/** call_assign(c, ret_id, class): fill an absent ASSIGNED stream id: "<class>-<year><8 characters>", random. */
void call_assign(struct call *c, const char **ret_id, const char *class);

/** call_attach(c, name, data): let the entry name this attachment; borrowed until commit. Names must ascend. */
void call_attach(struct call *c, const char *name, struct bytes data);

struct binding {
    const char *verb;                 /* "batch.open" */
    const struct handler *handler;
};

enum setting_kind { SETTING_TEXT, SETTING_INTEGER, SETTING_PATH };

/** One row a setting: [section-less] `name = value` in the service's INI file. */
struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;                    /* in the service's settings struct: const char * or int64_t */
    const char *standard;             /* default; NULL: required */
    const char *doc;
};

/** Settings that every service has; a service's own struct begins with it. */
struct settings {
    const char *name;                 /* instance, e.g. "batch-1" */
    const char *endpoint;             /* tcp://127.0.0.1:port */
    const char *database;             /* conninfo without secrets; "" for none */
    const char *curve_secret;         /* the service's zcert secret file */
    const char *curve_public;         /* folder of public certificates that may connect */
    const char *origin;               /* of the log */
    const char *lab_root;             /* lab-root.pem */
    const char *crl;                  /* folder of CRLs, "" for none */
    const char *receipt_key;          /* PEM file of the key that signs receipts, "" for none */
    int64_t group_max;                /* verbs in one commit */
    int64_t session_idle_s;
    int64_t clock_warn_ms, clock_refuse_ms;   /* how far off the clock may be */
    int64_t clock_error_max_ms;               /* by the kernel's own word; 0: it is not asked */
};

struct service {
    const char *name, *doc;
    const char *also;                 /* its other commands, as --help lists them; NULL: it only serves */
    const struct binding *verbs;
    size_t verb_count;
    const struct setting *settings;   /* the service's own, beside the common ones */
    size_t setting_count;
    struct settings *config;          /* the service's settings struct, whose first member is struct settings */
    const struct statement_table *statements;   /* prepared at start; NULL without a database */
    size_t statement_count;
    int (*init)(struct db *db, struct err *e);      /* after the database, before listening; NULL: nothing */
    int (*tick)(struct db *db, struct err *e);      /* every tick_ms between verbs; NULL: none */
    int64_t tick_ms;
    void (*done)(void);
    bool only_reads;                  /* writes nothing, not even what it notices of its clock */
    /* what needs somebody now, one sentence without names, NULL for nothing: `service.health` shows it; may be NULL */
    const char *(*attention)(struct arena *a);
};

/**
 * service_main(service, argc, argv): parse `--config FILE`, `--describe WHAT`, `--help`, `--version`; start in order
 * (settings, log, database with all statements, init, listen), write READY to the descriptor in STEMMA_READY_FD, serve
 * until TERM or INT, finish what was taken, leave. Returns the exit status.
 */
int service_main(const struct service *service, int argc, char **argv);

/** service_log(level, text, fields...): one JSON line on stderr; level "info", "warn", "error". Never a secret. */
void service_log(const char *level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** service_cms_trust(): the trust in the lab root that signatures are checked against; made at start from lab_root. */
struct cms_trust *service_cms_trust(void);

/** service_trust_start(a, settings, e): read lab_root and crl; service_main does so. For a command of a service's program
 *  that serves nobody. */
int service_trust_start(struct arena *a, const struct settings *settings, struct err *e);

/* The verbs of a service bound to its handlers:
 *   #define VERB SERVICE_DECLARE / #include "contract/x.verbs.def" / #undef VERB
 *   static const struct binding verbs[] = { #define VERB SERVICE_BIND ... };  */
#define SERVICE_DECLARE(service, verb, ...) extern const struct handler service##_##verb##_verb;
#define SERVICE_BIND(service, verb, ...) {#service "." #verb, &service##_##verb##_verb},
