/* Rule 11 for corrections of hand-overs, receipts, returns and administrations: what was said to be recorded was recorded, by another
 * person, and what follows from the correction comes out again. */
#include <string.h>

#include "contract/contract.h"
#include "domain/custody_correct.h"
#include "domain/custody_record.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "%s", why);
}

static int read_said(const struct recompute_case *c, const struct dossier_entry *entry, struct custody_said *ret, struct err *e)
{
    const struct verb_row *verb = verb_find(entry->statement.type);
    *ret = (struct custody_said){.seq = entry->entry.seq, .time_ms = entry->entry.time_ms, .at_ms = entry->statement.at_ms,
                                 .act = entry->statement.type, .actor = entry->statement.actor};
    if (verb == NULL || !custody_said_matters(ret->act))
        return 0;
    ret->record = record_new(c->a, verb->in);
    return recompute_read(c, entry, ret->record, e);
}

/* ${is_own}: the batch's, before the statement; the donor's whole, for what counts of it is said by its times */
static int read_stream(const struct recompute_case *c, const struct dossier_stream *s, bool is_own, const struct custody_said **ret,
                       size_t *ret_count, struct err *e)
{
    struct custody_said *said = ARENA_ARRAY(c->a, struct custody_said, s != NULL ? s->count + 1 : 1);
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; s != NULL && i < s->count && rc == 0 && (!is_own || s->entry[i].entry.seq < c->entry->entry.seq); i++)
        rc = read_said(c, &s->entry[i], &said[n++], e);
    *ret = said;
    *ret_count = n;
    return rc;
}

int recompute_history(const struct recompute_case *c, struct custody_history *ret, struct err *e)
{
    struct specification *specification;
    struct batch_open open;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    rc = rc != 0 ? rc : read_stream(c, c->s, true, &ret->batch, &ret->batch_count, e);
    rc = rc != 0 ? rc : read_stream(c, dossier_stream(c->d, open.donor_id), false, &ret->donor, &ret->donor_count, e);
    rc = rc != 0 ? rc : read_stream(c, dossier_stream(c->d, open.collection_id), false, &ret->collection, &ret->collection_count, e);
    if (rc == 0)
        ret->specification = specification;
    return rc;
}

int recompute_custody_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct custody_correct *correct = in;
    struct custody_history history;
    const struct dossier_entry *entry = NULL;
    for (size_t i = 0; i < c->s->count; i++)
        if (c->s->entry[i].entry.seq == correct->corrects && correct->corrects < c->entry->entry.seq)
            entry = &c->s->entry[i];
    if (entry == NULL || !custody_record_corrects(entry->statement.type, correct->field))
        return refuse(e, "what is corrected is no such value of a hand-over, a receipt, a return or an administration before it");
    if (strcmp(entry->statement.actor, c->entry->statement.actor) == 0)
        return refuse(e, "who recorded it corrected it");
    int rc = recompute_history(c, &history, e);
    return rc != 0 ? rc : custody_correct_fill(c->a, &history, correct, e);
}
