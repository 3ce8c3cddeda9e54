/* Rule 11 for corrections of hand-overs, receipts, returns and administrations: what was said to be recorded was recorded, by another
 * person, and what follows from the correction comes out again. */
#include <string.h>

#include "contract/contract.h"
#include "domain/custody_correct.h"
#include "domain/custody_record.h"
#include "domain/dated.h"
#include "dossier/reach.h"
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
    *ret = (struct custody_history){0};
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    rc = rc != 0 ? rc : read_stream(c, c->s, true, &ret->batch, &ret->batch_count, e);
    rc = rc != 0 ? rc : read_stream(c, dossier_stream(c->d, open.donor_id), false, &ret->donor, &ret->donor_count, e);
    rc = rc != 0 ? rc : read_stream(c, dossier_stream(c->d, open.collection_id), false, &ret->collection, &ret->collection_count, e);
    if (rc == 0)
        ret->specification = specification;
    return rc;
}

/* the excursions of the batch's containers, each until QA decided on it before the statement */
static int read_excursions(const struct recompute_case *c, struct custody_history *ret, struct err *e)
{
    struct reached *row;
    size_t n;
    int rc = reach_find(c->a, c->d, c->s, &row, &n, e);
    struct given_hold *x = ARENA_ARRAY(c->a, struct given_hold, (rc == 0 ? n : 0) + 1);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        x[i] = (struct given_hold){row[i].container, row[i].recorded_ms, INT64_MAX};
        for (size_t k = 0; k < c->s->count && row[i].decided_seq >= 0 && row[i].decided_seq < c->entry->entry.seq; k++)
            if (c->s->entry[k].entry.seq == row[i].decided_seq)
                x[i].ended_ms = c->s->entry[k].entry.time_ms;
    }
    ret->excursion = x;
    ret->excursion_count = rc == 0 ? n : 0;
    return rc;
}

static bool says_known_then(const struct custody_correct *recorded)
{
    for (size_t i = 0; recorded != NULL && i < recorded->findings.count; i++)
        if (strcmp(TEXTS_AT(recorded->findings, i), words_dose_finding.words[3]) == 0)
            return true;
    return false;
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
    /* versions that did not look at excursions are believed so long as they may be in use */
    if (rc == 0 && (says_known_then(c->memory->recorded) || dated_asks(DATED_KNOWN_THEN, c->entry->statement.at_ms)))
        rc = read_excursions(c, &history, e);
    return rc != 0 ? rc : custody_correct_fill(c->a, &history, correct, e);
}
