#include "domain/label_copy.h"

#include <inttypes.h>
#include <string.h>

#include "domain/confirm.h"
#include "domain/reason.h"
#include "fsm/machines.h"

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool stands(const struct label_copy *k, enum fsm_label_state state)
{
    return same(k->state, fsm_label.states[state].name);
}

void label_copies_begin(struct arena *a, size_t most, struct label_copies *ret)
{
    *ret = (struct label_copies){ARENA_ARRAY(a, struct label_copy, most + 1), 0};
}

static struct label_copy *find(const struct label_copies *s, const char *container_id, int64_t copy)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->item[i].copy == copy && same(s->item[i].container_id, container_id))
            return &s->item[i];
    return NULL;
}

const struct label_copy *label_copy_find(const struct label_copies *s, const char *container_id, int64_t copy)
{
    return find(s, container_id, copy);
}

static void move(const struct label_copies *s, const char *container_id, int64_t copy, const char *event, const char *actor, const char *witness)
{
    struct label_copy *k = find(s, container_id, copy);
    const struct fsm_rule *rule = k == NULL || event == NULL ? NULL : fsm_find(&fsm_label, fsm_state(&fsm_label, k->state), event);
    if (rule == NULL)
        return;
    k->state = fsm_target(&fsm_label, rule);
    k->person = actor;
    k->witness = witness;
}

static const char *outcome_event(const char *outcome)
{
    static const char *const events[] = {"custody.label_spoiled", "custody.label_destroyed", "custody.label_specimen"};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (same(outcome, events[i] + strlen("custody.label_")))
            return events[i];
    return NULL;
}

const char *label_end_event(struct arena *a, const char *outcome)
{
    return arena_printf(a, "custody.label_%s", outcome);
}

void label_copies_take(struct label_copies *s, const char *type, const void *record, const char *actor)
{
    if (same(type, "custody.label_print")) {
        const struct label_print *in = record;
        s->item[s->count++] = (struct label_copy){in->container_id, fsm_start(&fsm_label), actor, NULL, in->copy};
    } else if (same(type, "custody.label_apply")) {
        const struct label_apply *in = record;
        if (in->replaces != INTEGER_ABSENT)
            move(s, in->container_id, in->replaces, "custody.label_replaced", actor, NULL);
        move(s, in->container_id, in->copy, type, actor, NULL);
    } else if (same(type, "custody.label_end")) {
        const struct label_end *in = record;
        move(s, in->container_id, in->copy, outcome_event(in->outcome), actor, in->witness_id);
    } else if (same(type, "custody.label_witness")) {
        const struct label_witness *in = record;
        move(s, in->container_id, in->copy, type, actor, NULL);
    }
}

void label_copies_from(struct arena *a, const struct list *rows, struct label_copies *ret)
{
    label_copies_begin(a, rows->count, ret);
    for (size_t i = 0; i < rows->count; i++) {
        const struct label_row *r = LIST_AT(*rows, const struct label_row, i);
        ret->item[ret->count++] = (struct label_copy){r->container_id, r->state, r->person_id, r->witness_id, r->copy};
    }
}

bool label_copies_are_told(const struct label_copies *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (!stands(&s->item[i], FSM_LABEL_PRINTED))
            return true;
    return false;
}

static int64_t last_copy(const struct label_copies *s, const char *container_id)
{
    int64_t last = 0;
    for (size_t i = 0; i < s->count; i++)
        if (same(s->item[i].container_id, container_id) && s->item[i].copy > last)
            last = s->item[i].copy;
    return last;
}

static const struct label_copy *applied(const struct label_copies *s, const char *container_id)
{
    for (size_t i = 0; i < s->count; i++)
        if (same(s->item[i].container_id, container_id) && stands(&s->item[i], FSM_LABEL_APPLIED))
            return &s->item[i];
    return NULL;
}

int label_print_check(const struct label_copies *s, const struct label_print *in, struct err *e)
{
    int64_t last = last_copy(s, in->container_id);
    for (size_t i = 0; i < s->count; i++)
        if (stands(&s->item[i], FSM_LABEL_PRINTED))
            return err_raise(e, ERR_LABEL_REFUSED, "container_id", "R06", "copy %" PRId64 " of %s is in hand: it is applied, or said what became"
                             " of it, before another label is printed", s->item[i].copy, s->item[i].container_id);
    if (in->copy != last + 1)
        return err_raise(e, ERR_FIELD_RANGE, "copy", "R06", "%" PRId64 " printed so far: the next copy is %" PRId64, last, last + 1);
    return 0;
}

/* the copy, if its machine has a row for ${event} */
static int step(const struct label_copies *s, const char *container_id, int64_t copy, const char *event, unsigned facts, const struct label_copy **ret,
                struct err *e)
{
    const struct fsm_rule *rule;
    *ret = find(s, container_id, copy);
    if (*ret == NULL)
        return err_raise(e, ERR_NOT_FOUND, "copy", "R06", "no copy %" PRId64 " of %s was printed", copy, container_id);
    return fsm_step(&fsm_label, (*ret)->state, event, facts, &rule, e);
}

int label_apply_check(struct arena *a, const struct label_copies *s, struct label_apply *in, struct err *e)
{
    const struct label_copy *k, *there = applied(s, in->container_id);
    int64_t last = last_copy(s, in->container_id);
    int code = step(s, in->container_id, in->copy, "custody.label_apply", 0, &k, e);
    if (code == 0 && in->copy != last)
        code = err_raise(e, ERR_LABEL_REFUSED, "copy", "R07", "copy %" PRId64 " of %s was printed after it", last, in->container_id);
    code = code != 0 ? code : confirm_label(a, in, e);
    in->replaces = there == NULL ? INTEGER_ABSENT : there->copy;
    return code;
}

int label_end_check(struct arena *a, const struct label_copies *s, const struct label_end *in, const char *actor, struct err *e)
{
    const struct label_copy *k;
    bool is_destroyed = same(in->outcome, "destroyed");
    int code = reason_check("reason", in->reason, e);
    if (code == 0 && is_destroyed != (in->witness_id != NULL))
        code = is_destroyed ? err_raise(e, ERR_FIELD_MISSING, "witness_id", "7.3", "a label is destroyed before a witness")
                            : err_raise(e, ERR_LABEL_REFUSED, "witness_id", "7.3", "nobody witnesses a label that is %s", in->outcome);
    if (code == 0 && same(in->witness_id, actor))
        code = err_raise(e, ERR_DUTIES_SEGREGATED, "witness_id", "R10", "%s signs already: another person is needed", actor);
    return code != 0 ? code : step(s, in->container_id, in->copy, label_end_event(a, in->outcome), 0, &k, e);
}

int label_witness_check(const struct label_copies *s, struct label_witness *in, const char *actor, struct err *e)
{
    const struct label_copy *k = find(s, in->container_id, in->copy);
    unsigned facts = k != NULL && same(k->witness, actor) ? (unsigned)FACT_LABEL_WITNESS : 0;
    in->destroyed_by = k == NULL ? NULL : k->person;
    return step(s, in->container_id, in->copy, "custody.label_witness", facts, &k, e);
}

bool label_is_due(const char *state)
{
    return same(state, fsm_container.states[FSM_CONTAINER_KEPT].name) || same(state, fsm_container.states[FSM_CONTAINER_DESTROYING].name);
}

static const char *open_text(struct arena *a, const struct label_copy *k)
{
    if (stands(k, FSM_LABEL_PRINTED))
        return arena_printf(a, "copy %" PRId64 " of %s is in hand", k->copy, k->container_id);
    if (stands(k, FSM_LABEL_REPLACED))
        return arena_printf(a, "copy %" PRId64 " of %s was taken off, and nobody said what became of it", k->copy, k->container_id);
    return arena_printf(a, "the destruction of copy %" PRId64 " of %s is not witnessed", k->copy, k->container_id);
}

static void count(struct arena *a, const struct label_copy *k, struct label_account *ret)
{
    ret->printed++;
    if (stands(k, FSM_LABEL_APPLIED))
        ret->applied++;
    else if (stands(k, FSM_LABEL_SPOILED))
        ret->spoiled++;
    else if (stands(k, FSM_LABEL_DESTROYED))
        ret->destroyed++;
    else if (stands(k, FSM_LABEL_SPECIMEN))
        ret->specimen++;
    else
        texts_add(a, &ret->open, open_text(a, k));
}

void label_reconcile(struct arena *a, const struct label_copies *s, const struct list *kept, struct label_account *ret)
{
    *ret = (struct label_account){0};
    for (size_t i = 0; i < s->count; i++)
        count(a, &s->item[i], ret);
    for (size_t i = 0; i < kept->count; i++) {
        const char *id = TEXTS_AT(*kept, i);
        const struct label_copy *there = applied(s, id);
        if (there == NULL)
            texts_add(a, &ret->open, arena_printf(a, "no label is on %s", id));
        else if (there->copy != last_copy(s, id))
            texts_add(a, &ret->open, arena_printf(a, "copy %" PRId64 " is on %s, and copy %" PRId64 " was printed after it", there->copy, id,
                                                  last_copy(s, id)));
    }
}
