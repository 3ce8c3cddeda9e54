#include "domain/correction.h"

#include <inttypes.h>
#include <string.h>

#include "domain/batch_record.h"

static bool same(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static const struct step_result *result_of(const struct list *results, const char *name)
{
    for (size_t i = 0; i < results->count; i++)
        if (same(LIST_AT(*results, const struct step_result, i)->name, name))
            return LIST_AT(*results, const struct step_result, i);
    return NULL;
}

static void compare(struct arena *a, int64_t step, const struct list *was, const struct list *now, struct list *ret)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct step_result *r = LIST_AT(*now, const struct step_result, i), *before = result_of(was, r->name);
        const char *old_value = before != NULL ? before->value : NULL;
        const char *old_reason = before != NULL ? before->cannot_evaluate : NULL;
        if (same(old_value, r->value) && same(old_reason, r->cannot_evaluate))
            continue;
        *(struct corrected_result *)record_list_add(a, &record_corrected_result, ret) = (struct corrected_result){
            .step = step, .name = r->name, .old_value = old_value, .new_value = r->value, .unit = r->unit,
            .cannot_evaluate = r->cannot_evaluate};
    }
}

void correction_recompute(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n, int64_t from,
    struct list *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct list now;
        if (steps[i].step < from)
            continue;
        batch_record_compute(a, doc, steps, i, &steps[i], &now);
        compare(a, steps[i].step, &steps[i].computed, &now, ret);
        steps[i].computed = now;
    }
}

int correction_step(struct arena *a, const struct procedure *doc, struct batch_step *steps, size_t n,
    struct batch_correct *in, struct err *e)
{
    struct procedure_entry entry;
    struct procedure_outcome outcome = {0};
    struct correction_path path;
    size_t at = 0;
    int code = correction_put(a, steps, n, in, e);
    if (code == 0)
        code = correction_name(a, in, e);
    if (code == 0)
        code = correction_path_read(a, in->field, &path, e);
    while (code == 0 && steps[at].step != in->step)
        at++;
    if (code == 0 && path.place == CORRECTION_VALUE) {
        batch_record_entry(a, doc, steps, at, &steps[at], &entry);
        entry.reason = in->reason;
        code = procedure_step_perform(a, &entry, &outcome, e);
    }
    if (code == 0)
        correction_recompute(a, doc, steps, n, in->step, &in->computed);
    return code;
}

const char *correction_voidable(const char *act)
{
    return same(act, "batch.reading") ? "value" : same(act, "batch.note") ? "text" : same(act, "batch.line_clear") ? "equipment_id" : NULL;
}

static const struct {
    const char *act, *renewal;
} renewals[] = {
    {"batch.step", "batch.step_verify"},          {"batch.step_verify", "batch.step_verify"},
    {"quality.test_report", "quality.test_review"}, {"quality.test_review", "quality.test_review"},
    {"release.review", "release.review"},         {"release.release", "release.release"},
    {"batch.fill", "release.review"},
    {"custody.container_decide", "custody.container_decide"},
    {"source.eligibility_determine", "source.eligibility_determine"},
    {"source.physician_notice", "source.physician_notice"},
    {"source.receipt_record", "release.review"},
};

const char *correction_renewal(const char *act)
{
    for (size_t i = 0; i < sizeof renewals / sizeof renewals[0]; i++)
        if (same(renewals[i].act, act))
            return renewals[i].renewal;
    return NULL;
}

/* the last act of this kind on this subject, at this entry or behind it, lapses */
static int64_t lapse_last(struct arena *a, const struct correction_act *acts, size_t n, const struct correction_act *what,
    struct list *ret)
{
    const struct correction_act *last = NULL;
    for (size_t i = 0; i < n; i++)
        if (acts[i].seq >= what->seq && acts[i].subject == what->subject && same(acts[i].act, what->act))
            last = &acts[i];
    if (last == NULL)
        return what->seq;
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, ret) = (struct lapsed_act){
        .entry = last->seq, .act = last->act, .subject = last->subject != 0 ? last->subject : INTEGER_ABSENT};
    return last->seq;
}

/* what one did and the other looked at */
static void lapse_pair(struct arena *a, const struct correction_act *acts, size_t n, const char *did, int64_t subject,
    struct list *ret)
{
    int64_t done = lapse_last(a, acts, n, &(struct correction_act){.seq = 0, .subject = subject, .act = did}, ret);
    lapse_last(a, acts, n, &(struct correction_act){.seq = done, .subject = subject, .act = correction_renewal(did)}, ret);
}

static void lapse_release(struct arena *a, const struct correction_act *acts, size_t n, int64_t corrects, struct list *ret)
{
    lapse_last(a, acts, n, &(struct correction_act){.seq = corrects, .subject = 0, .act = "release.review"}, ret);
    lapse_last(a, acts, n, &(struct correction_act){.seq = corrects, .subject = 0, .act = "release.release"}, ret);
}

void correction_lapse_whole(struct arena *a, const struct correction_act *acts, size_t n, const char *did, int64_t corrects,
    struct list *ret)
{
    lapse_last(a, acts, n, &(struct correction_act){.seq = corrects, .act = did}, ret);
    lapse_release(a, acts, n, corrects, ret);
}

void correction_lapse_step(struct arena *a, const struct correction_act *acts, size_t n, struct batch_correct *in)
{
    int64_t last = in->step;
    lapse_pair(a, acts, n, "batch.step", in->step, &in->lapsed);
    for (size_t i = 0; i < in->computed.count; i++) {      /* ascending by step */
        int64_t step = LIST_AT(in->computed, struct corrected_result, i)->step;
        if (step != last)
            lapse_pair(a, acts, n, "batch.step", step, &in->lapsed);
        last = step;
    }
    lapse_release(a, acts, n, in->corrects, &in->lapsed);
}

void correction_lapse_test(struct arena *a, const struct correction_act *acts, size_t n, struct test_correct *in)
{
    lapse_pair(a, acts, n, "quality.test_report", in->test_seq, &in->lapsed);
    lapse_release(a, acts, n, in->test_seq, &in->lapsed);
}

void correction_lapse_donor(struct arena *a, const struct correction_act *acts, size_t n, int64_t corrects, struct list *ret)
{
    lapse_last(a, acts, n, &(struct correction_act){.seq = corrects, .act = "source.eligibility_determine"}, ret);
    lapse_last(a, acts, n, &(struct correction_act){.seq = corrects, .act = "source.physician_notice"}, ret);
}

bool correction_reaches(const struct batch_release *release, char kind, int64_t seq)
{
    int64_t known = kind == 'D' ? release->evidence_seq : kind == 'C' ? release->collection_seq : INTEGER_ABSENT;
    return seq > known;
}

const char *correction_test_event(const struct test_correct *in)
{
    for (size_t i = 0; i < in->lapsed.count; i++)
        if (same(LIST_AT(in->lapsed, const struct lapsed_act, i)->act, "release.release"))
            return "quality.test_correct";
    return "quality.result_correct";
}

int64_t correction_renewed_seq(const struct lapsed_act *lapsed, int64_t since, const char *corrector,
    const struct correction_act *acts, size_t n)
{
    const char *renewal = correction_renewal(lapsed->act);
    bool is_whole = lapsed->subject == INTEGER_ABSENT, is_decision = strncmp(lapsed->act, "release.", 8) == 0;
    for (size_t i = 0; i < n; i++)
        if (acts[i].seq > since && acts[i].subject == (is_whole ? 0 : lapsed->subject) && same(acts[i].act, renewal) &&
            (is_decision || corrector == NULL || !same(acts[i].actor, corrector)))
            return acts[i].seq;
    return -1;
}
