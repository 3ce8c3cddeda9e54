/* The second tree: what `log.rehash` recorded is what all bytes give when they are hashed anew, and what was time-stamped says so. */
#include <string.h>

#include "audit_check_inside.h"
#include "crypto/tsp.h"
#include "db/rehash_source.h"
#include "ledger/statement.h"

/** One recorded second tree. */
struct claim {
    int64_t seq;                      /* in SYS */
    uint64_t size;
    uint8_t root[DIGEST_LONG_LEN];
    struct bytes text, token;         /* its attachments; data NULL: not there */
};

struct claims {
    struct check *check;
    struct arena *arena;
    struct claim *claim;
    size_t count;
    uint64_t size;                    /* of the largest that the log is long enough for */
};

static void wrong(const struct claims *c, const struct claim *x, const char *why)
{
    check_fault(c->check, STREAM_SYS, x->seq, "rehash", "the second tree of %llu entries: %s", (unsigned long long)x->size, why);
}

static int read_attachments(const struct claims *c, struct claim *x, struct bytes text, struct err *e)
{
    struct entry entry;
    int code = entry_parse(c->arena, (const char *)text.data, text.len, &entry, e);
    for (size_t i = 0; code == 0 && i < entry.att_count; i++) {
        struct db_rows r;
        code = db_query(c->check->db, c->arena, &audit_check_statements.rows[AUDIT_ATTACHMENT],
                        DB_VALUES(db_bytes((struct bytes){entry.att[i].sha256, DIGEST_LEN})), &r, e);
        struct bytes file = code == 0 && r.rows == 1 ? db_cell(&r, 0, "bytes") : (struct bytes){NULL, 0};
        if (strcmp(entry.att[i].name, REHASH_ATT_TREE) == 0)
            x->text = file;
        else if (strcmp(entry.att[i].name, REHASH_ATT_TOKEN) == 0)
            x->token = file;
    }
    return code;
}

/* A refusal says that the entry is not what it should be; a fault, that reading failed. */
static int read_claim(const struct claims *c, const struct db_rows *r, int row, struct claim *ret, struct err *e)
{
    struct statement s;
    struct bytes statement = db_cell(r, row, "statement");
    *ret = (struct claim){.seq = db_cell_int(r, row, "seq")};
    int code = statement_parse(c->arena, (const char *)statement.data, statement.len, &s, e);
    if (code == 0)
        code = rehash_body_parse(s.body, ret->root, &ret->size, e);
    return code == 0 ? read_attachments(c, ret, db_cell(r, row, "bytes"), e) : code;
}

static int read_claims(struct claims *c, uint64_t log_size, struct err *e)
{
    struct db_rows r;
    int code = db_query(c->check->db, c->arena, &audit_check_statements.rows[AUDIT_REHASHES], DB_NONE, &r, e);
    c->claim = code == 0 ? ARENA_ARRAY(c->arena, struct claim, r.rows + 1) : NULL;
    for (int i = 0; code >= 0 && i < r.rows; i++) {
        struct claim x;
        code = read_claim(c, &r, i, &x, e);
        if (code > 0)
            wrong(c, &x, e->text);
        else if (code == 0 && x.size > log_size)
            wrong(c, &x, "the log is shorter");
        else if (code == 0) {
            c->size = x.size > c->size ? x.size : c->size;
            c->claim[c->count++] = x;
        }
    }
    return code < 0 ? code : 0;
}

static void judge(const struct claims *c, const struct claim *x, const struct rehash_tree *t, const struct tsp_trust *tsa)
{
    uint8_t root[DIGEST_LONG_LEN];
    struct err why;
    int64_t at_ms;
    struct bytes text = rehash_text(c->arena, c->check->trust->origin, t);
    rehash_root(t, root);
    if (memcmp(root, x->root, sizeof root) != 0)
        wrong(c, x, "what is stored gives another root");
    else if (x->text.len != text.len || memcmp(x->text.data, text.data, text.len) != 0)
        wrong(c, x, "its text says something else");
    else if (tsa != NULL && tsp_verify(tsa, text, x->token, &at_ms, &why) != 0)
        wrong(c, x, arena_printf(c->arena, "its time-stamp does not hold: %.150s", why.text));
}

struct judging {
    const struct claims *claims;
    const struct tsp_trust *tsa;
};

static int judge_reached(void *ctx, const struct rehash_walk *w, struct err *e)
{
    const struct judging *j = ctx;
    (void)e;
    for (size_t i = 0; i < j->claims->count; i++)
        if (j->claims->claim[i].size == w->tree.size)
            judge(j->claims, &j->claims->claim[i], &w->tree, j->tsa);
    return 0;
}

int check_rehash(struct check *k, uint64_t log_size, const struct tsp_trust *tsa, struct err *e)
{
    struct arena *a = arena_new((size_t)256 << 20);
    struct claims c = {.check = k, .arena = a};
    struct judging judging = {&c, tsa};
    struct rehash_walk walk = {0};
    int code = read_claims(&c, log_size, e);
    while (code == 0 && walk.tree.size < c.size)
        code = rehash_walk_step(k->db, &walk, c.size, judge_reached, &judging, e);
    if (code > 0) {                   /* bytes that are not what was logged are named by themselves already */
        for (size_t i = 0; i < c.count; i++)
            if (c.claim[i].size > walk.tree.size)
                wrong(&c, &c.claim[i], e->text);
        code = 0;
    }
    arena_free(a);
    return code;
}
