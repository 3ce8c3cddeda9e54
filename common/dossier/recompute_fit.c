/* Rule 11 of what keeps equipment fit for use (R19): in service, qualified, and cleaned where a step's procedure asks for it, by the equipment's own
 * stream. Which other batches were there since is in their records: the service refuses that. */
#include <string.h>

#include "contract/contract.h"
#include "domain/gate.h"
#include "domain/late.h"
#include "domain/step_use.h"
#include "dossier/recompute.h"

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

static bool is_tag(const struct dossier_entry *entry)
{
    return is_type(entry, "batch.equipment_tag_out") || is_type(entry, "batch.equipment_tag_in");
}

static int read_qualified(const struct recompute_case *c, const struct dossier_entry *entry, int64_t from_ms, int64_t *held_ms,
                          struct equipment_facts *q, struct err *e)
{
    struct equipment_qualify in;
    int rc = recompute_read(c, entry, &in, e);
    if (rc == 0 && in.qualified_at <= from_ms && in.qualified_at >= *held_ms) {
        *held_ms = in.qualified_at;
        q->qualified = in.result;
        q->qualified_due_ms = in.due_at;
    }
    return rc;
}

static int read_cleaned(const struct recompute_case *c, const struct dossier_entry *entry, int64_t from_ms, struct equipment_facts *q, struct err *e)
{
    struct equipment_clean in;
    int rc = recompute_read(c, entry, &in, e);
    if (rc == 0 && in.cleaned_at <= from_ms) {
        q->cleaned_ms = in.cleaned_at;
        q->cleaned_seq = entry->entry.seq;
    }
    return rc;
}

static int64_t named(const struct list *cleanings, const char *id)
{
    for (size_t i = 0; cleanings != NULL && i < cleanings->count; i++)
        if (strcmp(LIST_AT(*cleanings, const struct step_cleaning, i)->equipment_id, id) == 0)
            return LIST_AT(*cleanings, const struct step_cleaning, i)->entry;
    return -1;
}

/* A tag that came within seconds of the statement the bench may not have known. Out of service from its entry's time until the other's; ${out} is the tag that hangs */
static int read_tag(const struct recompute_case *c, const struct dossier_entry *entry, const struct batch_step *step, const char **out,
                    struct equipment_facts *q, struct err *e)
{
    struct equipment_tag in;
    int64_t until_ms = step->ended_at > step->started_at ? step->ended_at : step->started_at + 1;
    int rc = recompute_read(c, entry, &in, e);
    if (rc != 0)
        return rc;
    if (is_type(entry, "batch.equipment_tag_in")) {
        if (*out != NULL && q->out == NULL && entry->entry.time_ms > step->started_at)
            q->out = *out;
        *out = NULL;
    } else if (entry->entry.time_ms < until_ms) {
        *out = in.reason;
    }
    return 0;
}

/* The cleaning that is named was there, whatever the seconds by which two entries' times may lie apart. */
int recompute_fit(const struct recompute_case *c, const struct batch_step *step, const struct list *cleanings, struct equipment_facts *q, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, q->equipment_id);
    const char *out = NULL;
    int64_t held_ms = TIME_ABSENT, clean = named(cleanings, q->equipment_id);
    int rc = 0;
    q->cleaned_seq = -1;
    for (size_t i = 0; s != NULL && rc == 0 && i < s->count; i++) {
        const struct dossier_entry *entry = &s->entry[i];
        bool is_clean = is_type(entry, "batch.equipment_clean");
        if (entry->entry.time_ms > c->entry->entry.time_ms + (is_clean ? GATE_SKEW_MS : 0))
            continue;
        if (is_type(entry, "batch.equipment_qualify"))
            rc = read_qualified(c, entry, step->started_at, &held_ms, q, e);
        else if (is_clean && entry->entry.seq == clean)
            rc = read_cleaned(c, entry, step->started_at, q, e);
        else if (is_tag(entry) && (entry->entry.time_ms <= c->entry->entry.time_ms - GATE_SKEW_MS || is_type(entry, "batch.equipment_tag_in")))
            rc = read_tag(c, entry, step, &out, q, e);
    }
    q->out = q->out != NULL ? q->out : out;
    return rc;
}

int recompute_pieces(const struct recompute_case *c, const struct procedure_step *is, const struct batch_step *step, const struct list *cleanings,
                     struct list *ret, struct err *e)
{
    struct equipment_facts *pieces = ARENA_ARRAY(c->a, struct equipment_facts, step->equipment.count + 1);
    int rc = 0;
    for (size_t i = 0; i < step->equipment.count && rc == 0; i++) {
        const char *id = LIST_AT(step->equipment, const struct step_equipment, i)->equipment_id;
        const struct dossier_entry *registered = recompute_last(dossier_stream(c->d, id), "batch.equipment_register", INT64_MAX);
        struct equipment_register piece;
        pieces[i] = (struct equipment_facts){.equipment_id = id, .cleaned_seq = -1};
        if (registered == NULL)         /* which another rule tells of */
            continue;
        rc = recompute_read(c, registered, &piece, e);
        rc = rc != 0 ? rc : recompute_fit(c, step, cleanings, &pieces[i], e);
        pieces[i].equipment_class = rc == 0 ? piece.equipment_class : NULL;
        if (rc == 0 && step_use_fit(step, procedure_equipment(is, piece.equipment_class), &pieces[i], e) != 0)
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "equipment", "11", "%.300s", arena_text(c->a, e->text));
    }
    if (rc == 0)
        step_use_cleanings(c->a, step, is, pieces, step->equipment.count, ret);
    return rc;
}

int recompute_equipment_clean(const struct recompute_case *c, void *in, struct err *e)
{
    struct equipment_clean *clean = in;
    (void)e;
    clean->late_min = late_entry(LATE_ENTRY_MIN, clean->cleaned_at, c->entry->statement.at_ms);
    return 0;
}

int recompute_tag_in(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct dossier_entry *out = NULL;
    (void)in;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        if (is_type(&c->s->entry[i], "batch.equipment_tag_out"))
            out = &c->s->entry[i];
        else if (is_type(&c->s->entry[i], "batch.equipment_tag_in"))
            out = NULL;
    }
    if (out == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "equipment_id", "11", "what was not tagged out is put back into service");
    if (strcmp(out->statement.actor, c->entry->statement.actor) == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "equipment_id", "11", "who tagged it out put it back into service");
    return 0;
}
