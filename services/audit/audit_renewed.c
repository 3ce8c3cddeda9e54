#include "audit_renewed.h"

#include <stdlib.h>
#include <string.h>

#include "audit_store.h"
#include "base/clock.h"
#include "crypto/tsp.h"
#include "dossier/suites.h"
#include "ledger/stamps.h"

/* What a recorded token says of itself. */
struct recorded {
    const struct dossier_entry *entry;
    uint64_t size;
    int64_t time_ms, end_ms;
};

static int look(struct stamp_choice *c, const struct suites *suites, size_t at, struct recorded *ret, struct err *e)
{
    const struct dossier_entry *x = &c->all->entry[at];
    struct tsp_facts facts;
    struct bytes token = {NULL, 0};
    uint8_t root[DIGEST_LEN];
    int code = stamps_body_parse(x->statement.body, root, &ret->size, e);
    for (size_t i = 0; code == 0 && i < x->entry.att_count; i++)
        if (strcmp(x->entry.att[i].name, STAMP_ATT_TOKEN) == 0)
            code = audit_store_attachment(c->db, c->a, x->entry.att[i].sha256, &token, e);
    if (code == 0)
        code = tsp_facts_of(c->a, token, &facts, e);
    if (code != 0)
        return code;
    ret->entry = x;
    ret->time_ms = facts.time_ms;
    ret->end_ms = suites_token_end(suites, c->a, token);
    return 0;
}

static size_t place_of(const struct stamp_choice *c, int64_t seq)
{
    size_t i = 0;
    while (c->all->entry[i].entry.seq != seq)
        i++;
    return i;
}

/* The latest stamp made while ${old} lasted that covers its entry and lasts longer. */
static int find_next(struct stamp_choice *c, const struct suites *suites, const struct recorded *old, struct recorded *ret,
                     struct err *e)
{
    size_t i = c->all->count;
    for (size_t first = place_of(c, old->entry->entry.seq) + 1; i > first; i--) {
        if (c->all->entry[i - 1].entry.time_ms > old->end_ms + 1000)   /* a token is recorded after its own time */
            continue;
        int code = look(c, suites, i - 1, ret, e);
        if (code != 0)
            return code;
        if (ret->time_ms <= old->end_ms && ret->end_ms > old->end_ms && ret->size > old->entry->index)
            return 0;
    }
    char end[CLOCK_TEXT];
    clock_to_text(old->end_ms, end);
    return err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "", "time-stamp SYS %lld ended at %s and no other renewed it before",
                     (long long)old->entry->entry.seq, end);
}

/* false: it is there already */
static bool add(struct stamp_choice *c, const struct recorded *r)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->stamp[i].sys_seq == r->entry->entry.seq)
            return false;
    c->kept[c->count] = *r->entry;
    c->stamp[c->count++] = (struct dossier_stamp){.sys_seq = r->entry->entry.seq, .size = r->size};
    return true;
}

static int compare_stamps(const void *x, const void *y)
{
    const struct dossier_stamp *p = x, *q = y;
    return p->size < q->size ? -1 : p->size > q->size;
}

static int compare_entries(const void *x, const void *y)
{
    const struct dossier_entry *p = x, *q = y;
    return p->entry.seq < q->entry.seq ? -1 : p->entry.seq > q->entry.seq;
}

static bool has_size(const struct stamp_choice *c, uint64_t size)
{
    size_t i = 0;
    while (i < c->count && c->stamp[i].size != size)
        i++;
    return i < c->count;
}

int audit_before(struct stamp_choice *c, uint64_t index, struct err *e)
{
    struct suites suites;
    struct recorded last;
    size_t i = c->all->count;
    while (i > 0 && c->all->entry[i - 1].index >= index)
        i--;
    int code = i == 0 ? 0 : suites_read(NULL, &suites, e);
    if (code == 0 && i > 0)
        code = look(c, &suites, i - 1, &last, e);
    if (code == 0 && i > 0 && last.end_ms >= c->until_ms && !has_size(c, last.size))
        add(c, &last);
    return code;
}

int audit_renewed(struct stamp_choice *c, struct err *e)
{
    struct suites suites;
    int code = suites_read(NULL, &suites, e);
    size_t covering = c->count;
    for (size_t i = 0; code == 0 && i < covering; i++) {
        struct recorded now;
        bool more = true;
        code = look(c, &suites, place_of(c, c->stamp[i].sys_seq), &now, e);
        while (code == 0 && more && now.end_ms < c->until_ms) {
            struct recorded old = now;
            code = find_next(c, &suites, &old, &now, e);
            more = code == 0 && add(c, &now);
        }
    }
    return code;
}

void audit_stamps_sort(struct stamp_choice *c)
{
    qsort(c->stamp, c->count, sizeof *c->stamp, compare_stamps);
    qsort(c->kept, c->count, sizeof *c->kept, compare_entries);
}
