#include <string.h>

#include "db/connection.h"

/* What a state of the server's own means here. Everything that is not listed is a fault. */
static const struct {
    const char *sqlstate;
    int code;
    bool retry;
} STATES[] = {
    {"40001", ERR_BUSY, true},           /* serialisation failure */
    {"40P01", ERR_BUSY, true},           /* deadlock */
    {"55P03", ERR_BUSY, true},           /* lock time-out */
    {"57014", ERR_BUSY, false},          /* statement time-out */
    {"53300", ERR_UNAVAILABLE, false},   /* too many connections */
    {"23505", ERR_EXISTS, false},        /* a key */
    {"ZL042", ERR_HEAD_STALE, true},     /* ledger.append: another worker was first */
};

/* Keys whose conflict means that another worker was first. */
static const struct {
    const char *constraint;
    int code;
} KEYS[] = {
    {"entry_pkey", ERR_HEAD_STALE},
    {"head_pkey", ERR_HEAD_STALE},
    {"entry_leaf_key", ERR_HEAD_STALE},
    {"entry_command_key", ERR_COMMAND_REUSED},
};

static int code_of(struct db_failure *f)
{
    if (strcmp(f->sqlstate, "23505") == 0)
        for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
            if (strcmp(KEYS[i].constraint, f->constraint) == 0) {
                f->retry = true;
                return KEYS[i].code;
            }
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
        if (strcmp(STATES[i].sqlstate, f->sqlstate) == 0) {
            f->retry = STATES[i].retry;
            return STATES[i].code;
        }
    return strncmp(f->sqlstate, "ZL", 2) == 0 ? err_of_sqlstate(f->sqlstate) : ERR_FAULT;
}

static const char *part(const PGresult *r, int code)
{
    const char *text = r != NULL ? PQresultErrorField(r, code) : NULL;
    return text != NULL ? text : "";
}

int db_failure_lost(struct db *db, struct err *e)
{
    db->failure = (struct db_failure){.ticket = -1, .lost = true, .retry = true};
    db->in_transaction = false;
    const char *why = db->conn != NULL ? PQerrorMessage(db->conn) : "closed";
    return err_fault(e, "database connection lost: %.*s", (int)strcspn(why, "\n"), why);
}

int db_failure_of(struct db *db, int ticket, const struct statement_row *row, const PGresult *r, struct err *e)
{
    if (PQstatus(db->conn) == CONNECTION_BAD)
        return db_failure_lost(db, e);
    struct db_failure *f = &db->failure;
    *f = (struct db_failure){.ticket = ticket};
    const char *message = part(r, PG_DIAG_MESSAGE_PRIMARY);
    memccpy(f->sqlstate, part(r, PG_DIAG_SQLSTATE), '\0', sizeof f->sqlstate - 1);
    memccpy(f->constraint, part(r, PG_DIAG_CONSTRAINT_NAME), '\0', sizeof f->constraint - 1);
    int code = code_of(f);
    if (code < 0)
        return err_fault(e, "%s: %s (SQLSTATE %s)", row->name, message, f->sqlstate);
    bool ours = strncmp(f->sqlstate, "ZL", 2) == 0;
    return err_raise(e, code, ours ? part(r, PG_DIAG_COLUMN_NAME) : "", ours ? f->constraint : "", "%s", message);
}
