/* Where the batch stands: its statements walked through the lab's own state machine, and who decided on it last. */
#include <string.h>

#include "fsm/machines.h"
#include "paper/matter.h"

/* An out-of-specification case, by the entry of its result. */
struct oos_case {
    int64_t test_seq;
    bool is_settled;                 /* closed, and not as confirmed */
};

struct walk {
    struct matter *f;
    struct oos_case *cases;
    size_t case_count, filled, handed, received;
    bool is_complete;
};

static void move(struct walk *w, const char *event)
{
    const struct fsm_rule *rule = fsm_find(&fsm_batch, fsm_state(&fsm_batch, w->f->state), event);
    if (rule != NULL)
        w->f->state = fsm_target(&fsm_batch, rule);
}

static void go_on(struct walk *w)
{
    for (size_t i = 0; i < w->case_count; i++)
        if (!w->cases[i].is_settled)
            return;
    move(w, w->is_complete ? "quality.unhold_test" : "quality.unhold_process");
}

static const char *code_of(const struct matter *f, int64_t test_seq)
{
    for (size_t i = 0; i < f->test_count; i++)
        if (f->test[i].entry->entry.seq == test_seq)
            return f->test[i].report.code;
    return "";
}

static void judged(struct walk *w, int64_t test_seq, const char *verdict)
{
    const struct specification_test *test = specification_test(w->f->specification, code_of(w->f, test_seq));
    if (verdict == NULL || strcmp(verdict, "fail") != 0 || (test != NULL && test->gating == GATING_INFO))
        return;
    w->cases[w->case_count++] = (struct oos_case){test_seq, false};
    move(w, "quality.hold");
}

static void take_report(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    const struct test_report *in = record;
    judged(w, entry->entry.seq, in->verdict);
}

static void take_correction(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    const struct test_correct *in = record;
    (void)entry;
    judged(w, in->test_seq, in->verdict);
}

static void take_close(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    const struct oos_close *in = record;
    (void)entry;
    for (size_t i = 0; i < w->case_count; i++)
        if (w->cases[i].test_seq == in->test_seq)
            w->cases[i].is_settled = strcmp(in->conclusion, "confirmed") != 0;
    go_on(w);
}

static void take_hold_end(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)entry;
    (void)record;
    go_on(w);
}

static void take_complete(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)entry;
    (void)record;
    w->is_complete = true;
}

static void take_fill(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)entry;
    w->filled += ((const struct batch_fill *)record)->containers.count;
}

static void take_hand_over(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)entry;
    w->handed += ((const struct hand_over *)record)->containers.count;
    if (w->handed >= w->filled)
        move(w, "custody.hand_over_all");
}

static void take_receive(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)entry;
    w->received += ((const struct receive *)record)->containers.count;
    if (w->received >= w->filled)
        move(w, "custody.receive_all");
}

static void take_decision(struct walk *w, const struct dossier_entry *entry, const void *record)
{
    (void)record;
    w->f->decision = entry;
}

/* What follows from a statement beyond its own event. */
static const struct {
    const char *type;
    void (*take)(struct walk *w, const struct dossier_entry *entry, const void *record);
} turns[] = {
    {"quality.test_report", take_report}, {"quality.test_correct", take_correction}, {"quality.oos_close", take_close},
    {"quality.hold_end", take_hold_end},  {"batch.complete", take_complete},         {"batch.fill", take_fill},
    {"custody.hand_over", take_hand_over}, {"custody.receive", take_receive},        {"release.release", take_decision},
    {"release.reject", take_decision},
};

void matter_stand(struct matter *f)
{
    struct walk w = {.f = f, .cases = ARENA_ARRAY(f->a, struct oos_case, f->batch->count + 1)};
    f->state = fsm_start(&fsm_batch);
    for (size_t i = 0; i < f->batch->count; i++) {
        const char *type = f->batch->entry[i].statement.type;
        const struct verb_row *verb = verb_find(type);
        move(&w, type);
        for (size_t k = 0; k < sizeof turns / sizeof *turns && verb != NULL; k++) {
            size_t at = i;
            void *record = strcmp(turns[k].type, type) == 0 ? record_new(f->a, verb->in) : NULL;
            if (record != NULL && matter_next(f, type, &at, record) == &f->batch->entry[i])
                turns[k].take(&w, &f->batch->entry[i], record);
        }
    }
}
