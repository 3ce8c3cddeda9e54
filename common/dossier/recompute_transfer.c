/* Rule 11 for corrections of hand-overs and receipts: what was said to be recorded was recorded, by another person. */
#include <string.h>

#include "contract/contract.h"
#include "domain/custody_record.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "%s", why);
}

/* the entry as it stands before the statement */
static int read_corrected(const struct recompute_case *c, const struct dossier_entry *entry, void *record, struct err *e)
{
    int rc = recompute_read(c, entry, record, e);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct custody_correct earlier;
        if (strcmp(c->s->entry[i].statement.type, "custody.correct") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc == 0 && earlier.corrects == entry->entry.seq)
            rc = custody_record_put(c->a, entry->statement.type, record, &earlier, e);
    }
    return rc;
}

int recompute_custody_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct custody_correct *correct = in;
    const struct dossier_entry *entry = NULL;
    for (size_t i = 0; i < c->s->count; i++)
        if (c->s->entry[i].entry.seq == correct->corrects && correct->corrects < c->entry->entry.seq)
            entry = &c->s->entry[i];
    if (entry == NULL || !custody_record_corrects(entry->statement.type, correct->field))
        return refuse(e, "what is corrected is no such value of a hand-over or a receipt before it");
    if (strcmp(entry->statement.actor, c->entry->statement.actor) == 0)
        return refuse(e, "who recorded it corrected it");
    void *record = record_new(c->a, verb_find(entry->statement.type)->in);
    int rc = read_corrected(c, entry, record, e);
    rc = rc != 0 ? rc : custody_record_put(c->a, entry->statement.type, record, correct, e);
    correct->act = entry->statement.type;
    return rc;
}
