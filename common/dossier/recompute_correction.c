/*
 * Rule 11 for corrections: what was said to be recorded was recorded, what follows from the correction comes out again, and
 * nothing is released while a signature on what was corrected stands as unsigned (R12, R14).
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/correction.h"
#include "domain/dated.h"
#include "domain/fill_record.h"
#include "domain/source_record.h"
#include "domain/test_record.h"
#include "dossier/recompute.h"
#include "dossier/recompute_sample.h"

static const struct {
    const char *type, *subject;      /* the field that names the step or the test; NULL: the entry itself; "": the batch */
} signed_acts[] = {
    {"batch.step", "step"},            {"batch.step_verify", "step"},  {"batch.fill", ""}, {"quality.test_report", NULL},
    {"quality.test_review", "test_seq"}, {"release.review", ""},        {"release.release", ""},
    {"custody.container_decide", "renews"},
};

static bool is_type(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

static int subject_of(const struct recompute_case *c, const struct dossier_entry *entry, const char *field, int64_t *ret,
                      struct err *e)
{
    *ret = field == NULL ? entry->entry.seq : 0;
    if (field == NULL || field[0] == '\0')
        return 0;
    const struct record_type *type = verb_find(entry->statement.type)->in;
    void *record = record_new(c->a, type);
    int rc = recompute_read(c, entry, record, e);
    if (rc == 0)
        memcpy(ret, record_at(type, (size_t)record_field(type, field, strlen(field)), record), sizeof *ret);
    return rc;
}

int recompute_acts(const struct recompute_case *c, const struct correction_act **ret, size_t *ret_count, struct err *e)
{
    struct correction_act *acts = ARENA_ARRAY(c->a, struct correction_act, c->s->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        for (size_t k = 0; k < sizeof signed_acts / sizeof *signed_acts; k++) {
            const struct dossier_entry *entry = &c->s->entry[i];
            if (!is_type(entry, signed_acts[k].type))
                continue;
            acts[n] = (struct correction_act){.seq = entry->entry.seq, .act = signed_acts[k].type, .actor = entry->statement.actor};
            int rc = subject_of(c, entry, signed_acts[k].subject, &acts[n++].subject, e);
            if (rc != 0)
                return rc;
        }
    *ret = acts;
    *ret_count = n;
    return 0;
}

int recompute_correct_steps(const struct recompute_case *c, const struct procedure *doc, struct batch_step *steps, size_t n,
                            struct err *e)
{
    struct list changed = {NULL, 0};
    bool any = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_correct correct;
        if (!is_type(&c->s->entry[i], "batch.correct"))
            continue;
        int rc = recompute_read(c, &c->s->entry[i], &correct, e);
        if (rc == 0)
            rc = correction_put(c->a, steps, n, &correct, e);
        if (rc != 0)
            return rc;
        any = true;
    }
    if (any)
        correction_recompute(c->a, doc, steps, n, 1, &changed);
    return 0;
}

int recompute_correct_result(const struct recompute_case *c, int64_t test_seq, const char **result, struct err *e)
{
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct test_correct correct;
        if (!is_type(&c->s->entry[i], "quality.test_correct"))
            continue;
        int rc = recompute_read(c, &c->s->entry[i], &correct, e);
        if (rc != 0)
            return rc;
        if (correct.test_seq == test_seq)
            *result = correct.new_value;
    }
    return 0;
}

int recompute_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct batch_correct *correct = in;
    struct procedure *doc;
    struct batch_step *steps;
    const struct correction_act *acts;
    size_t n, act_count;
    int rc = recompute_steps(c, &doc, &steps, &n, e);
    if (rc == 0)
        rc = correction_put(c->a, steps, n, correct, e);
    if (rc == 0)
        rc = correction_name(c->a, correct, e);
    if (rc == 0)
        rc = recompute_uses(c, doc, steps, n, correct, e);
    if (rc == 0)
        rc = recompute_acts(c, &acts, &act_count, e);
    if (rc != 0)
        return rc;
    correction_recompute(c->a, doc, steps, n, correct->step, &correct->computed);
    for (size_t i = 0; i < act_count; i++)
        if (acts[i].subject == correct->step && strcmp(acts[i].act, "batch.step") == 0)
            correct->corrects = acts[i].seq;
    correction_lapse_step(c->a, acts, act_count, correct);
    return 0;
}

int recompute_fill(const struct recompute_case *c, struct batch_fill *ret, const struct dossier_entry **ret_entry, struct err *e)
{
    int rc = 0;
    *ret_entry = NULL;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq && rc == 0; i++) {
        struct fill_correct in;
        if (is_type(&c->s->entry[i], "batch.fill")) {
            *ret_entry = &c->s->entry[i];
            rc = recompute_read(c, &c->s->entry[i], ret, e);
        } else if (is_type(&c->s->entry[i], "batch.fill_correct") && *ret_entry != NULL) {
            rc = recompute_read(c, &c->s->entry[i], &in, e);
            rc = rc != 0 ? rc : fill_record_put(c->a, ret, &in, e);
        }
    }
    return rc;
}

/* The tolerance of the balance is a setting of the site's, which the statement says; versions that did not let R33 stand as it was judged. */
static int balances(const struct recompute_case *c, const struct batch_fill *fill, const char *percent, const char *ml, struct err *e)
{
    if (percent == NULL && ml == NULL)
        return 0;
    if (percent == NULL || ml == NULL || percent[0] == '-' || ml[0] == '-')
        return err_raise(e, ERR_DOSSIER_REFUSED, "tolerance_ml", "11", "half a tolerance, or one below zero");
    int rc = fill_record_balance(c->a, fill, percent, ml, e);
    return rc > 0 ? err_raise(e, ERR_DOSSIER_REFUSED, "volume_in_ml", "11", "filled, but it does not balance: %.200s",
                              arena_text(c->a, e->text)) : rc;
}

int recompute_filled(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct batch_fill *fill = in;
    return balances(c, fill, fill->tolerance_percent, fill->tolerance_ml, e);
}

int recompute_fill_correct(const struct recompute_case *c, void *in, struct err *e)
{
    const struct fill_correct *recorded = c->memory->recorded;
    struct fill_correct *correct = in;
    struct batch_fill fill;
    const struct dossier_entry *filled;
    struct procedure *doc;
    struct batch_step *steps;
    const struct correction_act *acts;
    size_t n, act_count;
    int rc = recompute_fill(c, &fill, &filled, e);
    if (rc == 0 && filled == NULL)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "what is corrected is no fill");
    rc = rc != 0 ? rc : fill_record_put(c->a, &fill, correct, e);
    rc = rc != 0 ? rc : recompute_fits(c, &fill, &correct->pooled, e);
    if (rc == 0 && recorded != NULL) {
        correct->tolerance_percent = recorded->tolerance_percent;
        correct->tolerance_ml = recorded->tolerance_ml;
        rc = balances(c, &fill, correct->tolerance_percent, correct->tolerance_ml, e);
    }
    rc = rc != 0 ? rc : recompute_steps(c, &doc, &steps, &n, e);
    rc = rc != 0 ? rc : fill_record_expiry_anywhere(doc, fill_record_formulated(doc, steps, n), filled->statement.at_ms, fill.expires_at, e);
    rc = rc != 0 ? rc : recompute_acts(c, &acts, &act_count, e);
    if (rc != 0)
        return rc;
    correct->corrects = filled->entry.seq;
    fill_record_lapse(c->a, acts, act_count, correct);
    return 0;
}

static const struct dossier_entry *entry_at(const struct dossier_stream *s, int64_t seq)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entry[i].entry.seq == seq)
            return &s->entry[i];
    return NULL;
}

/* a void before this one that names the same entry */
static int voided_before(const struct recompute_case *c, int64_t seq, bool *ret, struct err *e)
{
    *ret = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct batch_void earlier;
        if (!is_type(&c->s->entry[i], "batch.void"))
            continue;
        int rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc != 0)
            return rc;
        *ret |= earlier.corrects == seq;
    }
    return 0;
}

int recompute_void(const struct recompute_case *c, void *in, struct err *e)
{
    struct batch_void *v = in;
    const struct dossier_entry *entry = v->corrects < c->entry->entry.seq ? entry_at(c->s, v->corrects) : NULL;
    const char *field = entry != NULL ? correction_voidable(entry->statement.type) : NULL;
    bool twice;
    if (field == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "what is void is no reading, no remark and no clearance before it");
    if (strcmp(entry->statement.actor, c->entry->statement.actor) == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "who recorded it made it void");
    const struct record_type *type = verb_find(entry->statement.type)->in;
    void *record = record_new(c->a, type);
    int rc = recompute_read(c, entry, record, e);
    if (rc == 0)
        rc = voided_before(c, v->corrects, &twice, e);
    if (rc != 0)
        return rc;
    if (twice)
        return err_raise(e, ERR_DOSSIER_REFUSED, "corrects", "11", "it was void already");
    if (is_type(entry, "batch.line_clear") && (rc = recompute_line_void(c, v->corrects, e)) != 0)
        return rc;
    v->act = entry->statement.type;
    v->field = field;
    if (strcmp(field, "text") != 0)
        memcpy(&v->old_value, record_at(type, (size_t)record_field(type, field, strlen(field)), record), sizeof v->old_value);
    v->new_value = CORRECTION_VOID;
    return 0;
}

/* What profiles say is compared again, never typed over (T31). */
static int check_typed(const struct recompute_case *c, const char *code, struct err *e)
{
    struct batch_open open;
    struct specification *specification;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    const struct specification_test *test = rc == 0 ? specification_test(specification, code) : NULL;
    return test != NULL && test->loci > 0 ? err_raise(e, ERR_DOSSIER_REFUSED, "test_seq", "11", "%s is what its profiles say (T31)", code) : rc;
}

/* What a file had, whether reported so or by an earlier correction, is corrected from a file (R23): nobody types it over. */
static int check_of_file(const struct recompute_case *c, const struct test_report *report, const struct test_correct *in, struct err *e)
{
    bool is_of_file = report->quantity != NULL;
    if ((in->file_seq != INTEGER_ABSENT && in->quantity != NULL) || !dated_asks(DATED_OF_FILE, c->entry->statement.at_ms))
        return 0;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        struct test_correct earlier;
        if (!is_type(&c->s->entry[i], "quality.test_correct"))
            continue;
        int rc = recompute_read(c, &c->s->entry[i], &earlier, e);
        if (rc != 0)
            return rc;
        is_of_file |= earlier.test_seq == in->test_seq && earlier.quantity != NULL;
    }
    return is_of_file ? err_raise(e, ERR_DOSSIER_REFUSED, "file_seq", "11", "a file had it, and its correction was typed") : 0;
}

int recompute_test_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct test_correct *correct = in;
    const struct test_correct *recorded = c->memory->recorded;
    struct test_report report;
    const struct correction_act *acts;
    size_t n;
    const struct dossier_entry *entry = entry_at(c->s, correct->test_seq);
    if (entry == NULL || !is_type(entry, "quality.test_report"))
        return err_raise(e, ERR_DOSSIER_REFUSED, "test_seq", "11", "what is corrected is no test");
    int rc = recompute_read(c, entry, &report, e);
    rc = rc != 0 ? rc : check_typed(c, report.code, e);
    rc = rc != 0 ? rc : check_of_file(c, &report, correct, e);
    if (rc == 0)
        rc = recompute_correct_result(c, correct->test_seq, &report.result, e);
    if (rc == 0 && strcmp(report.result, correct->old_value) != 0)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "old_value", "11", "the result stood as %s", report.result);
    if (rc == 0)
        rc = recompute_source_correct(c, &report, correct, e);
    report.result = correct->new_value;
    report.tasks = (struct list){NULL, 0};
    if (rc == 0)
        rc = recompute_verdict(c, &report, recorded == NULL || recorded->failing != NULL, e);
    if (rc == 0)
        rc = recompute_acts(c, &acts, &n, e);
    if (rc != 0)
        return rc;
    correct->reported = report.reported;
    correct->verdict = report.verdict;
    correct->explanation = report.explanation;
    correct->failing = report.failing;
    rc = recompute_failure(c, &report, recorded == NULL || recorded->tasks.count > 0, e);
    correct->tasks = report.tasks;
    if (rc != 0)
        return rc;
    correction_lapse_test(c->a, acts, n, correct);
    return 0;
}

/* The lapsed signatures of one correction; ${ret} empty for another statement. */
static int lapsed_of(const struct recompute_case *c, const struct dossier_entry *entry, struct list *ret, struct err *e)
{
    struct batch_correct step;
    struct test_correct test;
    struct fill_correct fill;
    struct custody_correct custody;
    int rc = 0;
    *ret = (struct list){NULL, 0};
    if (is_type(entry, "batch.correct")) {
        rc = recompute_read(c, entry, &step, e);
        *ret = rc == 0 ? step.lapsed : *ret;
    } else if (is_type(entry, "quality.test_correct")) {
        rc = recompute_read(c, entry, &test, e);
        *ret = rc == 0 ? test.lapsed : *ret;
    } else if (is_type(entry, "batch.fill_correct")) {
        rc = recompute_read(c, entry, &fill, e);
        *ret = rc == 0 ? fill.lapsed : *ret;
    } else if (is_type(entry, "custody.correct")) {
        rc = recompute_read(c, entry, &custody, e);
        *ret = rc == 0 ? custody.lapsed : *ret;
    }
    return rc;
}

int recompute_unsigned(const struct recompute_case *c, struct list *ret, struct err *e)
{
    const struct correction_act *acts;
    size_t n;
    int rc = recompute_acts(c, &acts, &n, e);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *correction = &c->s->entry[i];
        struct list lapsed;
        rc = lapsed_of(c, correction, &lapsed, e);
        for (size_t k = 0; rc == 0 && k < lapsed.count; k++) {
            const struct lapsed_act *l = LIST_AT(lapsed, const struct lapsed_act, k);
            if (correction_renewed_seq(l, correction->entry.seq, correction->statement.actor, acts, n) >= 0)
                continue;
            *(struct unsigned_row *)record_list_add(c->a, &record_unsigned_row, ret) = (struct unsigned_row){
                .entry = l->entry, .act = l->act, .subject = l->subject, .corrected_by = correction->entry.seq};
        }
    }
    return rc;
}

static void add_unsigned(const struct recompute_case *c, const struct dossier_entry *of, const struct dossier_stream *s, int64_t by,
                         struct list *ret)
{
    *(struct unsigned_row *)record_list_add(c->a, &record_unsigned_row, ret) = (struct unsigned_row){
        .entry = of->entry.seq, .act = of->statement.type, .subject = INTEGER_ABSENT, .person_id = of->statement.actor,
        .corrected_by = by, .corrected_in = s->id};
}

/* one stream that the release rests on: the last correction behind what the release knew of it */
static void unsigned_by_stream(const struct recompute_case *c, const struct dossier_entry *released, const struct batch_release *release,
                               const struct dossier_stream *s, struct list *ret)
{
    const struct dossier_entry *last = NULL;
    for (size_t i = 0; s != NULL && i < s->count; i++)
        if (source_record_is_correction(s->entry[i].statement.type) && correction_reaches(release, s->id[0], s->entry[i].entry.seq))
            last = &s->entry[i];
    if (last != NULL)
        add_unsigned(c, released, s, last->entry.seq, ret);
}

/* the reviews, where neither they nor a later one knew of a correction of the collection */
static int unsigned_reviews(const struct recompute_case *c, const struct dossier_stream *s, struct list *ret, struct err *e)
{
    int64_t known = INTEGER_ABSENT, last = INTEGER_ABSENT;
    int rc = 0;
    for (size_t i = 0; s != NULL && i < s->count; i++)
        if (is_type(&s->entry[i], "source.collection_correct"))
            last = s->entry[i].entry.seq;
    for (size_t i = c->s->count; rc == 0 && last != INTEGER_ABSENT && i-- > 0;) {
        struct batch_review review;
        if (c->s->entry[i].entry.seq >= c->entry->entry.seq || !is_type(&c->s->entry[i], "release.review"))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &review, e);
        known = rc == 0 && review.collection_seq > known ? review.collection_seq : known;
        if (rc == 0 && last > known)
            add_unsigned(c, &c->s->entry[i], s, last, ret);
    }
    return rc;
}

int recompute_unsigned_elsewhere(const struct recompute_case *c, struct list *ret, struct err *e)
{
    const struct dossier_entry *released = NULL;
    struct batch_release release;
    struct batch_open open;
    bool any = false;                 /* only what rests on other streams can stand as unsigned by them */
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        any = any || is_type(&c->s->entry[i], "release.review");
        if (is_type(&c->s->entry[i], "release.release"))
            released = &c->s->entry[i];
    }
    if (!any && released == NULL)
        return 0;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : unsigned_reviews(c, dossier_stream(c->d, open.collection_id), ret, e);
    if (released == NULL || rc != 0)
        return rc;
    rc = recompute_read(c, released, &release, e);
    if (rc == 0) {
        unsigned_by_stream(c, released, &release, dossier_stream(c->d, open.donor_id), ret);
        unsigned_by_stream(c, released, &release, dossier_stream(c->d, open.collection_id), ret);
    }
    return rc;
}

/* Versions that did not say it let the batch go on. */
int recompute_close(const struct recompute_case *c, void *in, struct err *e)
{
    const struct oos_close *recorded = c->memory->recorded;
    struct oos_close *closed = in;
    struct list open = {NULL, 0};
    if (recorded != NULL && recorded->stays_held == BOOLEAN_ABSENT)
        return 0;
    int rc = recompute_unsigned(c, &open, e);
    for (size_t i = 0; rc == 0 && i < open.count; i++)
        if (strcmp(LIST_AT(open, const struct unsigned_row, i)->act, "release.release") == 0)
            closed->stays_held = 1;
    return rc;
}
