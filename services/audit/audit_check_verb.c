#include "audit_check_inside.h"
#include "audit_verbs.h"

/* One snapshot for all of it, on a connection of its own: verbs are served in transactions that see each other's work. */
static int decide_verify(struct call *c, struct err *e)
{
    const struct audit_trust trust = {audit_config.common.origin, service_cms_trust(), audit_config.trust};
    struct db *db = NULL;
    int code = db_open(audit_config.common.database, "audit verify", &audit_check_statements, 1, &db, e);
    if (code != 0)
        return code;
    db_begin(db);
    code = db_query(db, c->arena, &audit_check_statements.rows[AUDIT_SNAPSHOT], DB_NONE, NULL, e);
    if (code == 0)
        code = audit_check(db, c->arena, &trust, c->out, e);
    db_close(db);
    return code;
}

const struct handler audit_verify_verb = {.decide = decide_verify};
