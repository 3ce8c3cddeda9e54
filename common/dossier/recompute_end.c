/*
 * Rule 11 of containers that end, or do not: what ended had not ended before; a destruction's witness is the person whom it names, and it is
 * witnessed or taken back, once; a loss says who held what is lost; what QA decided on was in quarantine.
 */
#include <stdlib.h>
#include <string.h>

#include "contract/contract.h"
#include "domain/custody.h"
#include "domain/custody_correct.h"
#include "domain/dated.h"
#include "domain/standing.h"
#include "dossier/recompute.h"
#include "fsm/machines.h"

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

/* Versions that took them out of their place at once say nothing of it: they are believed so long as such versions may be in use. */
int recompute_destroy(const struct recompute_case *c, void *in, struct err *e)
{
    const struct container_destroy *recorded = c->memory->recorded;
    struct container_destroy *destroyed = in;
    bool is_of_old = recorded != NULL && recorded->in_place == BOOLEAN_ABSENT && !dated_asks(DATED_IN_PLACE, c->entry->statement.at_ms);
    destroyed->in_place = is_of_old ? BOOLEAN_ABSENT : 1;
    return recompute_may(c, &destroyed->containers, "custody.container_destroy", e);
}

/* What was decided is decided anew only where a correction left it unsigned, by another person than corrected (R14). Statements before
 * there were such corrections renew nothing, and nothing had lapsed. */
static int renews(const struct recompute_case *c, const struct container_decide *decided, struct err *e)
{
    struct custody_history history;
    int64_t seq = -1;
    int rc = recompute_history(c, &history, e);
    rc = rc != 0 ? rc : custody_decision_lapsed(&history, &decided->containers, &seq, e);
    if (rc != 0)
        return refuse(e, "containers", "other containers are decided on anew than were decided on");
    if ((seq < 0) != (decided->renews == INTEGER_ABSENT) || (seq >= 0 && seq != decided->renews))
        return refuse(e, "renews", "it does not say which decision that stood as unsigned it signs anew");
    const char *corrector = seq < 0 ? NULL : custody_decision_corrector(&history, seq);
    return corrector != NULL && strcmp(corrector, c->entry->statement.actor) == 0 ? refuse(e, "actor", "who corrected it decided anew") : 0;
}

/* a decision signed anew: the machine has a row for it where the container stands by now */
static int may_anew(const struct recompute_case *c, const struct container_decide *decided, struct err *e)
{
    const char *event = custody_decide_event(decided->decision);
    struct standing s;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < decided->containers.count; i++)
        for (size_t k = 0; rc == 0 && k < s.container_count; k++)
            if (strcmp(s.container[k].id, TEXTS_AT(decided->containers, i)) == 0 &&
                fsm_find(&fsm_container, fsm_state(&fsm_container, s.container[k].state), event) == NULL)
                rc = refuse(e, "containers", "it is not decided so where the container stood by then");
    return rc;
}

int recompute_decide(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct container_decide *decided = in;
    int rc = renews(c, decided, e);
    if (rc == 0)
        rc = decided->renews != INTEGER_ABSENT ? may_anew(c, decided, e)
                                               : recompute_may(c, &decided->containers, custody_decide_event(decided->decision), e);
    return rc != 0 ? rc : recompute_held_by(c, decided, e);
}

static const struct dossier_entry *entry_at(const struct recompute_case *c, int64_t seq)
{
    for (size_t i = 0; i < c->s->count; i++)
        if (c->s->entry[i].entry.seq == seq)
            return &c->s->entry[i];
    return NULL;
}

const char *recompute_holder(const struct recompute_case *c, int64_t seq)
{
    const struct dossier_entry *entry = entry_at(c, seq);
    return entry == NULL ? NULL : entry->statement.actor;
}

/* Versions that did not say who held them say nothing of it. */
int recompute_loss(const struct recompute_case *c, void *in, struct err *e)
{
    const struct container_loss *recorded = c->memory->recorded;
    struct container_loss *lost = in;
    struct standing s;
    int rc = recompute_may(c, &lost->containers, "custody.container_loss", e);
    rc = rc != 0 ? rc : recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < lost->containers.count && (recorded == NULL || recorded->held.count > 0); i++)
        for (size_t k = 0; k < s.container_count; k++)
            if (strcmp(s.container[k].id, TEXTS_AT(lost->containers, i)) == 0)
                custody_held(c->a, s.container[k].id, s.container[k].state, recompute_holder(c, s.container[k].seq), &lost->held);
    return rc;
}

static bool holds(const struct list *x, const char *id)
{
    for (size_t i = 0; i < x->count; i++)
        if (strcmp(TEXTS_AT(*x, i), id) == 0)
            return true;
    return false;
}

static bool same_containers(const struct list *x, const struct list *y)
{
    for (size_t i = 0; i < x->count; i++)
        if (!holds(y, TEXTS_AT(*x, i)))
            return false;
    return x->count == y->count;
}

/* the destruction that entry ${seq} is, before the statement and open until then; of ${containers} and no others */
static int read_destruction(const struct recompute_case *c, int64_t seq, const struct list *containers,
                            struct container_destroy *ret, const struct dossier_entry **ret_entry, struct err *e)
{
    const struct dossier_entry *entry = seq < c->entry->entry.seq ? entry_at(c, seq) : NULL;
    if (entry == NULL || strcmp(entry->statement.type, "custody.container_destroy") != 0)
        return refuse(e, "destroy_seq", "the destruction that is meant is not in the record");
    int rc = recompute_read(c, entry, ret, e);
    if (rc == 0 && !same_containers(&ret->containers, containers))
        rc = refuse(e, "containers", "other containers are named than the destruction names");
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct destroy_cancel earlier;
        if (strcmp(c->s->entry[i].statement.type, "custody.destroy_cancel") != 0)
            continue;
        rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc == 0 && earlier.destroy_seq == seq)
            rc = refuse(e, "destroy_seq", "the destruction was taken back before");
    }
    *ret_entry = entry;
    return rc;
}

int recompute_witness(const struct recompute_case *c, void *in, struct err *e)
{
    struct destroy_witness *witness = in;
    struct container_destroy destroyed;
    const struct dossier_entry *entry;
    int rc = read_destruction(c, witness->destroy_seq, &witness->containers, &destroyed, &entry, e);
    if (rc != 0)
        return rc;
    witness->destroyed_by = entry->statement.actor;
    if (c->memory->recorded != NULL && (strcmp(destroyed.witness_id, c->entry->statement.actor) != 0 ||
                                        strcmp(entry->statement.actor, c->entry->statement.actor) == 0))
        return refuse(e, "actor", "another person than the witness whom the destruction names signs for it");
    return recompute_may(c, &witness->containers, "custody.destroy_witness", e);
}

static int by_id(const void *x, const void *y)
{
    return strcmp(((const struct container_back *)x)->container_id, ((const struct container_back *)y)->container_id);
}

int recompute_cancel(const struct recompute_case *c, void *in, struct err *e)
{
    struct destroy_cancel *cancel = in;
    struct container_destroy destroyed;
    const struct dossier_entry *entry;
    struct standing before, now;
    int rc = read_destruction(c, cancel->destroy_seq, &cancel->containers, &destroyed, &entry, e);
    rc = rc != 0 ? rc : recompute_stood(c, cancel->destroy_seq, &before, e);
    rc = rc != 0 ? rc : recompute_stood(c, c->entry->entry.seq, &now, e);
    if (rc != 0)
        return rc;
    cancel->destroyed_by = entry->statement.actor;
    for (size_t k = 0; rc == 0 && k < before.container_count; k++) {
        const struct standing_container *was = &before.container[k];
        if (!holds(&destroyed.containers, was->id))
            continue;
        *(struct container_back *)record_list_add(c->a, &record_container_back, &cancel->back) = (struct container_back){was->id, was->state};
        rc = recompute_stood_may(c, &now, was->id, custody_back_event(c->a, was->state), e);
    }
    if (cancel->back.count > 0)
        qsort(cancel->back.items, cancel->back.count, sizeof(struct container_back), by_id);
    return rc;
}
