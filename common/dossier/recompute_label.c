/* Rule 11 of labels: what stands on each comes out of the record again; where the procedure has them reconciled one is in hand at a time (R06), a
 * scan is of the copy that it is said to be (R07), and at a release printed = applied + spoiled + destroyed + specimens (gate 8). */
#include <string.h>

#include "contract/contract.h"
#include "domain/gate.h"
#include "domain/label_record.h"
#include "domain/procedure.h"
#include "domain/standing.h"
#include "dossier/recompute_sample.h"
#include "fsm/machines.h"

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

/* the copies as they stood before the statement */
static int copies(const struct recompute_case *c, struct label_copies *ret, struct err *e)
{
    int rc = 0;
    label_copies_begin(c->a, c->s->count, ret);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        const char *type = entry->statement.type;
        const struct verb_row *verb = strncmp(type, "custody.label_", 14) == 0 ? verb_find(type) : NULL;
        void *record = verb != NULL ? record_new(c->a, verb->in) : NULL;
        rc = record == NULL ? 0 : recompute_read(c, entry, record, e);
        if (rc == 0 && record != NULL)
            label_copies_take(ret, type, record, entry->statement.actor);
    }
    return rc;
}

/* an urgent need of the batch's recipient, documented before the label was printed (R31) */
static int read_urgent(const struct recompute_case *c, const struct dossier_stream *donor, const char *recipient, bool *ret,
                       struct err *e)
{
    int rc = 0;
    *ret = false;
    for (size_t i = 0; donor != NULL && recipient != NULL && i < donor->count && rc == 0; i++) {
        const struct dossier_entry *entry = &donor->entry[i];
        struct urgent_need need;
        if (entry->entry.time_ms > c->entry->entry.time_ms || strcmp(entry->statement.type, "source.urgent_need") != 0)
            continue;
        rc = recompute_read(c, entry, &need, e);
        *ret |= rc == 0 && strcmp(need.recipient_code, recipient) == 0;
    }
    return rc;
}

static int statements(const struct recompute_case *c, const struct batch_open *open, struct label_print *label, struct err *e)
{
    bool urgent;
    struct donor_register donor;
    struct eligibility_determine determined;
    const struct dossier_stream *stream = dossier_stream(c->d, open->donor_id);
    const struct dossier_entry *registered = recompute_last(stream, "source.donor_register", c->entry->entry.time_ms);
    const struct dossier_entry *last = recompute_last(stream, "source.eligibility_determine", c->entry->entry.time_ms);
    int rc = registered == NULL ? refuse(e, "donor_id", "the donor's registration is not in the dossier") : recompute_read(c, registered, &donor, e);
    if (rc == 0 && last != NULL)
        rc = recompute_read(c, last, &determined, e);
    if (rc == 0)
        rc = read_urgent(c, stream, open->recipient_code, &urgent, e);
    if (rc == 0)
        label_record_fill(c->a, donor.use, last != NULL ? &determined : NULL, urgent, label);
    return rc;
}

int recompute_label(const struct recompute_case *c, void *in, struct err *e)
{
    struct batch_open open;
    struct procedure *procedure;
    struct label_copies before;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : statements(c, &open, in, e);
    rc = rc != 0 ? rc : recompute_procedure(c, &open, &procedure, e);
    if (rc != 0 || !procedure->reconcile_labels)
        return rc;
    rc = copies(c, &before, e);
    return rc != 0 ? rc : label_print_check(&before, in, e);
}

/* the batch stood where that may be said of a label: what is decided on is not labelled any more */
static int batch_stood(const struct recompute_case *c, struct err *e)
{
    struct batch_open open;
    struct specification *spec;
    const char *state, *type = c->entry->statement.type;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &spec, e);
    rc = rc != 0 ? rc : recompute_batch_stood(c, spec, &state, e);
    if (rc == 0 && fsm_find(&fsm_batch, fsm_state(&fsm_batch, state), type) == NULL)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "batch_id", "11", "%s when the batch was %s", type, state);
    return rc;
}

int recompute_label_apply(const struct recompute_case *c, void *in, struct err *e)
{
    struct label_copies before;
    struct label_apply *applied = in;
    struct list one = {NULL, 0};
    texts_add(c->a, &one, applied->container_id);
    int rc = copies(c, &before, e);
    rc = rc != 0 ? rc : label_apply_check(c->a, &before, applied, e);
    rc = rc != 0 ? rc : batch_stood(c, e);
    return rc != 0 ? rc : recompute_may(c, &one, "custody.label_print", e);
}

int recompute_label_end(const struct recompute_case *c, const void *in, struct err *e)
{
    struct label_copies before;
    int rc = copies(c, &before, e);
    rc = rc != 0 ? rc : label_end_check(c->a, &before, in, c->entry->statement.actor, e);
    return rc != 0 ? rc : batch_stood(c, e);
}

int recompute_label_witness(const struct recompute_case *c, void *in, struct err *e)
{
    struct label_copies before;
    int rc = copies(c, &before, e);
    rc = rc != 0 ? rc : label_witness_check(&before, in, c->entry->statement.actor, e);
    return rc != 0 ? rc : batch_stood(c, e);
}

/* Dossiers of older versions have no procedure that asks, and no copy that anything was said of beside its print. */
int recompute_labels_closed(const struct recompute_case *c, const struct procedure *procedure, const struct batch_release *release, struct err *e)
{
    struct label_copies all;
    struct standing stood;
    struct label_account sum;
    struct list kept = {NULL, 0};
    int rc = copies(c, &all, e);
    if (rc != 0 || (!procedure->reconcile_labels && !label_copies_are_told(&all)))
        return rc;
    rc = recompute_stood(c, c->entry->entry.seq, &stood, e);
    for (size_t i = 0; rc == 0 && i < stood.container_count; i++)
        if (label_is_due(stood.container[i].state))
            texts_add(c->a, &kept, stood.container[i].id);
    if (rc != 0)
        return rc;
    label_reconcile(c->a, &all, &kept, &sum);
    if (sum.open.count > 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but %.200s", TEXTS_AT(sum.open, 0));
    const struct gate_point *point = LIST_AT(release->gate, const struct gate_point, GATE_LABELS - 1);
    return strcmp(point->state, gate_state_words[GATE_HOLDS]) == 0 ? 0 : refuse(e, "gate", "labels are reconciled, and the gate does not say so");
}
