/* The vault: personal data goes in with a fresh salt, the commitment comes out; nothing here reads it back. */
#include <string.h>

#include "source_rules.h"
#include "source_store.h"
#include "verbs.h"

struct vault_work {
    uint8_t salt[DIGEST_LEN], commitment[DIGEST_LEN];
};

static int put_decide(struct call *c, struct err *e)
{
    const struct vault_put *in = c->in;
    struct commitment *out = c->out;
    struct vault_work *w = ARENA_NEW(c->arena, struct vault_work);
    int code = source_vault_check(in->name, e);
    if (code != 0)
        return code;
    random_fill(w->salt, sizeof w->salt);
    source_commit(c->arena, w->salt, in->name, in->value, w->commitment);
    out->name = in->name;
    out->commitment = hex_text(c->arena, w->commitment, DIGEST_LEN);
    c->facts = w;
    return 0;
}

static int put_apply(struct call *c, struct err *e)
{
    const struct vault_put *in = c->in;
    const struct vault_work *w = c->facts;
    (void)e;
    db_queue(c->db, store_row(ROW_VAULT_INSERT),
             DB_VALUES(db_bytes((struct bytes){w->commitment, DIGEST_LEN}), db_text(in->subject_id), db_text(in->name),
                       db_bytes((struct bytes){(const uint8_t *)in->value, strlen(in->value)}),
                       db_bytes((struct bytes){w->salt, DIGEST_LEN})));
    return 0;
}

const struct handler source_vault_put_verb = {NULL, put_decide, put_apply, NULL};
