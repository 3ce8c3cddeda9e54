/* What corrections make of the facts: values as they stand, what is calculated from them anew, and which signatures stand as
 * unsigned until reviewed. The arithmetic is domain/correction.h's, as in the services and the verifier. */
#include <string.h>

#include "domain/correction.h"
#include "domain/custody_record.h"
#include "domain/fill_record.h"
#include "domain/pool.h"
#include "exports/facts.h"

static bool is_type(const struct fact *x, const char *type) { return strcmp(x->statement->type, type) == 0; }

/* the steps as they stand, in the facts' place of the signed ones; those that no correction changed stay as they are */
static int correct_steps(struct facts *f, struct err *e)
{
    struct batch_step *steps = ARENA_ARRAY(f->arena, struct batch_step, f->count);
    struct list changed = {NULL, 0};
    size_t n = 0;
    int code = 0;
    FACTS_EACH(f, x, "batch.step")
        steps[n++] = *(const struct batch_step *)x->record;
    FACTS_EACH(f, x, "batch.correct") {
        code = correction_put(f->arena, steps, n, x->record, e);
        if (code != 0)
            return code;
    }
    correction_recompute(f->arena, f->procedure, steps, n, 1, &changed);
    for (size_t i = 0, k = 0; i < f->count; i++) {
        struct fact *x = &f->fact[i];
        if (!is_type(x, "batch.step"))
            continue;
        const struct batch_step *stands = &steps[k++];
        bool differs = facts_about(f, "batch.correct", "step", stands->step) != NULL;
        for (size_t c = 0; c < changed.count; c++)
            differs = differs || LIST_AT(changed, struct corrected_result, c)->step == stands->step;
        x->was = differs ? x->record : NULL;
        x->record = differs ? stands : x->record;
    }
    return 0;
}

static int correct_fill(struct facts *f, struct err *e)
{
    int code = 0;
    FACTS_EACH(f, x, "batch.fill_correct") {
        struct fact *filled = (struct fact *)(uintptr_t)facts_last(f, "batch.fill");
        if (filled == NULL || code != 0)
            return code;
        struct batch_fill *stands = arena_alloc(f->arena, sizeof *stands);
        *stands = *(const struct batch_fill *)filled->record;
        filled->was = filled->was != NULL ? filled->was : filled->record;
        filled->record = stands;
        code = fill_record_put(f->arena, stands, x->record, e);
    }
    return code;
}

/* what was pooled of it before it was corrected */
static void correct_pools(struct facts *f)
{
    FACTS_EACH(f, by, "batch.fill_correct")
        for (size_t i = 0; i < facts_place(f, by); i++) {
            struct fact *x = &f->fact[i];
            if (!is_type(x, "custody.pool"))
                continue;
            const struct container_pool *before = x->record;
            struct container_pool *stands = arena_alloc(f->arena, sizeof *stands);
            *stands = *before;
            pool_correct(by->record, stands);
            if (strcmp(stands->cells, before->cells) == 0 && stands->expires_at == before->expires_at)
                continue;
            x->was = x->was != NULL ? x->was : x->record;
            x->record = stands;
        }
}

static int correct_custody(struct facts *f, struct err *e)
{
    int code = 0;
    FACTS_EACH(f, by, "custody.correct")
        for (size_t i = 0; i < f->count && code == 0; i++) {
            struct fact *x = &f->fact[i];
            const struct custody_correct *in = by->record;
            if (x->entry->entry.seq != in->corrects || x->record == NULL)
                continue;
            void *stands = arena_alloc(f->arena, x->verb->in->size);
            memcpy(stands, x->record, x->verb->in->size);
            x->was = x->was != NULL ? x->was : x->record;
            x->record = stands;
            code = custody_record_stand(f->arena, x->statement->type, stands, in, e);
        }
    return code;
}

static void correct_tests(struct facts *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct fact *x = &f->fact[i];
        const struct fact *by = is_type(x, "quality.test_report")
                                ? facts_about(f, "quality.test_correct", "test_seq", x->entry->entry.seq) : NULL;
        if (by == NULL)
            continue;
        const struct test_correct *in = by->record;
        struct test_report *stands = arena_alloc(f->arena, sizeof *stands);
        *stands = *(const struct test_report *)x->record;
        stands->result = in->new_value;
        stands->reported = in->reported;
        stands->verdict = in->verdict;
        stands->explanation = in->explanation;
        x->was = x->record;
        x->record = stands;
    }
}

/* what was signed on a batch, as domain/correction.h wants it */
static size_t list_acts(const struct facts *f, struct correction_act *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *x = &f->fact[i];
        if (correction_renewal(x->statement->type) == NULL || x->record == NULL)
            continue;
        struct correction_act *act = &ret[n++];
        *act = (struct correction_act){.seq = x->entry->entry.seq, .act = x->statement->type, .actor = x->statement->actor};
        if (is_type(x, "batch.step"))
            act->subject = ((const struct batch_step *)x->record)->step;
        else if (is_type(x, "batch.step_verify"))
            act->subject = ((const struct step_verify *)x->record)->step;
        else if (is_type(x, "quality.test_report"))
            act->subject = x->entry->entry.seq;
        else if (is_type(x, "quality.test_review"))
            act->subject = ((const struct test_review *)x->record)->test_seq;
        else if (is_type(x, "custody.container_decide"))
            act->subject = ((const struct container_decide *)x->record)->renews;
    }
    return n;
}

static void lapse(struct facts *f, const struct fact *by, const struct list *lapsed, const struct correction_act *acts, size_t n)
{
    for (size_t i = 0; i < lapsed->count; i++) {
        const struct lapsed_act *act = LIST_AT(*lapsed, struct lapsed_act, i);
        if (correction_renewed_seq(act, by->entry->entry.seq, by->statement->actor, acts, n) >= 0)
            continue;
        for (size_t k = 0; k < f->count; k++)
            if (f->fact[k].entry->entry.seq == act->entry)
                f->fact[k].unsigned_by = by;
    }
}

/* the reviews up to entry ${seq} of the collection, where neither they nor a later one knew of it */
static void lapse_reviews(struct facts *f, const struct fact *by)
{
    bool is_known = false;      /* the receipt too is signed anew by a review that knew */
    for (size_t i = f->count; i-- > 0;) {
        struct fact *x = &f->fact[i];
        if (!is_type(x, "release.review"))
            continue;
        is_known |= ((const struct batch_review *)x->record)->collection_seq >= by->entry->entry.seq;
        if (!is_known)
            x->unsigned_by = by;
    }
    if (!is_known)
        f->receipt.unsigned_by = by;
}

/* the last release and the reviews, where they did not know of a correction of donor or collection */
static void lapse_elsewhere(struct facts *f)
{
    struct fact *released = (struct fact *)(uintptr_t)facts_last(f, "release.release");
    for (size_t i = 0; i < f->elsewhere_count; i++) {
        const struct fact *by = &f->elsewhere[i];
        if (released != NULL && correction_reaches(released->record, by->statement->stream[0], by->entry->entry.seq))
            released->unsigned_by = by;
        if (is_type(by, "source.collection_correct"))
            lapse_reviews(f, by);
    }
}

int facts_correct(struct facts *f, struct err *e)
{
    struct correction_act *acts = ARENA_ARRAY(f->arena, struct correction_act, f->count);
    size_t n = list_acts(f, acts);
    int code = facts_next(f, "batch.correct", 0) != NULL ? correct_steps(f, e) : 0;
    code = code != 0 ? code : correct_fill(f, e);
    code = code != 0 ? code : correct_custody(f, e);
    if (code != 0)
        return code;
    correct_pools(f);
    correct_tests(f);
    FACTS_EACH(f, x, "batch.correct")
        lapse(f, x, &((const struct batch_correct *)x->record)->lapsed, acts, n);
    FACTS_EACH(f, x, "batch.fill_correct")
        lapse(f, x, &((const struct fill_correct *)x->record)->lapsed, acts, n);
    FACTS_EACH(f, x, "quality.test_correct")
        lapse(f, x, &((const struct test_correct *)x->record)->lapsed, acts, n);
    FACTS_EACH(f, x, "custody.correct")
        lapse(f, x, &((const struct custody_correct *)x->record)->lapsed, acts, n);
    lapse_elsewhere(f);
    return 0;
}
