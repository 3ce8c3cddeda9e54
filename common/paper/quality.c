/* Tests against their limits, what became of failures, the review, and the gate as it stood at the release. */
#include <string.h>

#include "dossier/lookback.h"
#include "paper/chapters.h"
#include "paper/table.h"

static const struct column test_columns[] = {{"Test, method", 24, false}, {"Limit", 16, false}, {"Result", 16, true},
                                             {"Verdict", 12.5, false}, {"Tested by", 27.4, false}, {"Reviewed by", 27.4, false}};

/* the file that the result stands in, by the last correction that named one; ${ret} INTEGER_ABSENT: none */
static const char *file_of(struct matter *f, const struct matter_test *r, int64_t *ret)
{
    const char *quantity = r->report.quantity;
    struct test_correct correct;
    *ret = r->report.file_seq;
    for (size_t at = 0; matter_next(f, "quality.test_correct", &at, &correct) != NULL;)
        if (correct.test_seq == r->entry->entry.seq && correct.file_seq != INTEGER_ABSENT) {
            *ret = correct.file_seq;
            quantity = correct.quantity;
        }
    return quantity;
}

/* As it was read; and as it goes on the certificate where that differs. */
static const char *result_of(struct matter *f, const struct matter_test *r)
{
    const char *read = matter_corrected(f, r->entry->entry.seq, -1, "result", r->report.result), *reported = r->report.reported;
    bool is_same = reported == NULL || r->report.result == NULL || strcasecmp(reported, r->report.result) == 0;
    int64_t file_seq;
    const char *quantity = file_of(f, r, &file_seq);
    if (file_seq != INTEGER_ABSENT)
        read = arena_printf(f->a, "%s\n%s entry %lld", read, quantity != NULL ? "from the file of" : "beside the file of", (long long)file_seq + 1);
    if (r->report.identity != NULL)
        read = arena_printf(f->a, "%s\n%s", read, sheet_escape(f->a, r->report.identity));
    return is_same ? read : arena_printf(f->a, "%s\nreported %s", read, matter_number(f, reported));
}

/* who tested, and when the entry came late why (R15) */
static const char *late_test(struct matter *f, const struct matter_test *r)
{
    const char *tested = matter_signed(f, r->entry);
    if (r->report.late_min == INTEGER_ABSENT)
        return tested;
    return arena_printf(f->a, "%s\n<span color=\"%s\">late entry, %lld min: %s</span>", tested, sheet_ink_hex(INK_WARN),
                        (long long)r->report.late_min, matter_free(f, r->report.remark));
}

static void test_row(struct table *t, struct matter *f, const struct specification_test *test)
{
    bool any = false;
    for (size_t i = 0; i < f->test_count; i++) {
        const struct matter_test *r = &f->test[i];
        if (strcmp(r->report.code, test->code) != 0)
            continue;
        const char *invalid = r->is_again ? "reported again\n" : r->is_invalid ? arena_printf(f->a, "<span color=\"%s\">invalidated</span>\n", sheet_ink_hex(INK_BAD)) : "";
        table_row(t, (const char *[]){
            arena_printf(f->a, "<b>%s</b>\n%s%s%s", sheet_escape(f->a, test->title), sheet_escape(f->a, r->report.method),
                         r->report.sample_id != NULL ? "\nsample " : "", r->report.sample_id != NULL ? sheet_escape(f->a, r->report.sample_id) : ""),
            matter_limit(f, test), result_of(f, r), arena_printf(f->a, "%s%s", invalid, matter_mark(f, r->report.verdict)),
            late_test(f, r), r->review != NULL ? matter_signed(f, r->review) : matter_mark(f, "pending")});
        any = true;
    }
    if (!any)
        table_row(t, (const char *[]){arena_printf(f->a, "<b>%s</b>", sheet_escape(f->a, test->title)), matter_limit(f, test), "",
                                      matter_mark(f, "missing"), "", ""});
}

/* What is not as it should be, counted: `; 1 failed, 2 pending`. */
static const char *tally(struct matter *f)
{
    const struct specification_outcome *o = &f->outcome;
    const struct {
        size_t n;
        const char *word;
    } counts[] = {{o->failed, "failed"}, {o->missing, "missing"}, {o->pending, "pending"}, {o->cannot, "not to be evaluated"}};
    struct buf b = buf_new(f->a);
    buf_put(&b, "");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].n > 0)
            buf_printf(&b, "%s%zu %s", b.len == 0 ? "; " : ", ", counts[i].n, counts[i].word);
    return b.text;
}

static void tests(struct sheet *s, struct matter *f)
{
    struct table t;
    const struct specification_test *test = f->specification->tests.items;
    sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN,
               arena_printf(f->a, "Against %s version %d: %s%s", f->specification->id, f->specification->version,
                            matter_mark(f, verdict_words[f->outcome.verdict]), tally(f)));
    sheet_gap(s, 4);
    table_begin(&t, s, test_columns, 6);
    for (size_t i = 0; i < f->specification->tests.count; i++)
        test_row(&t, f, &test[i]);
    table_end(&t);
}

static const struct column text_columns[] = {{"Entry", 7, true}, {"What", 20, false}, {"Text", 48, false}, {"Signed by", 25, false}};

/* A table of acts with free text; begun at the first row only. */
struct acts {
    struct sheet *s;
    struct matter *f;
    const char *title;
    struct table t;
    bool begun;
};

static void act_row(struct acts *x, const struct dossier_entry *entry, const char *what, const char *text)
{
    if (!x->begun) {
        sheet_section(x->s, x->title, 50);
        table_begin(&x->t, x->s, text_columns, 4);
        x->begun = true;
    }
    table_row(&x->t, (const char *[]){arena_printf(x->f->a, "%lld", (long long)entry->entry.seq + 1), what, matter_free(x->f, text),
                                      matter_signed(x->f, entry)});
}

static void investigations(struct sheet *s, struct matter *f)
{
    struct acts x = {.s = s, .f = f, .title = "Out-of-specification results"};
    struct oos_investigate investigated;
    struct oos_close closed;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "quality.oos_investigate", &at, &investigated)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "investigated: entry %lld, assignable cause %s", (long long)investigated.test_seq + 1,
                                        investigated.assignable_cause == 1 ? "found" : "not found"), investigated.findings);
    for (size_t at = 0; (entry = matter_next(f, "quality.oos_close", &at, &closed)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "closed: entry %lld, %s", (long long)closed.test_seq + 1, matter_words(f, closed.conclusion)),
                closed.reason);
    if (x.begun)
        table_end(&x.t);
}

/* what was used of equipment that was found out of calibration afterwards; the verifier's own reading */
static void lookback(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Failed calibration", 34, false}, {"Looks back at", 26, false}, {"Last good one", 30, false},
                                            {"Failed", 30, false}};
    const struct dossier_entry end = {.entry.seq = INT64_MAX};
    const struct recompute_case c = {f->a, f->d, f->batch, &end, &f->memory};
    struct looked_back *row;
    struct table t;
    struct err e;
    size_t n;
    if (lookback_find(&c, &row, &n, &e) != 0 || n == 0)
        return;                      /* a record that does not read is the verifier's to say */
    sheet_section(s, "Equipment found out of calibration later", 50);
    table_begin(&t, s, columns, 4);
    for (size_t i = 0; i < n; i++)
        table_row(&t, (const char *[]){row[i].calibration, sheet_escape(f->a, row[i].use), matter_time(f, row[i].good_ms),
                                       matter_time(f, row[i].failed_ms)});
    table_end(&t);
}

static void deviations(struct sheet *s, struct matter *f)
{
    struct acts x = {.s = s, .f = f, .title = "Deviations"};
    struct deviation_open opened;
    struct deviation_close closed;
    const struct dossier_entry *entry;
    for (size_t i = 0; i < f->batch->count; i++)
        if (matter_deviation(f, &f->batch->entry[i], &opened))
            act_row(&x, &f->batch->entry[i], arena_printf(f->a, "opened, %s, aware since %s%s%s", matter_words(f, opened.deviation_class),
                                                          matter_time(f, opened.aware_at), opened.calibration != NULL ? "; answers the failed calibration " : "",
                                                          opened.calibration != NULL ? sheet_escape(f->a, opened.calibration) : ""), opened.text);
    for (size_t at = 0; (entry = matter_next(f, "quality.deviation_close", &at, &closed)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "closed: entry %lld", (long long)closed.deviation_seq + 1), closed.reason);
    if (x.begun)
        table_end(&x.t);
}

/* interim readings, and what a failure after the release left to do */
static void tasks_left(struct acts *x, const struct dossier_entry *entry, const struct list *tasks)
{
    struct matter *f = x->f;
    for (size_t i = 0; i < tasks->count; i++) {
        const struct failure_due *due = LIST_AT(*tasks, const struct failure_due, i);
        act_row(x, entry, arena_printf(f->a, "task: %s, due %s, %s", matter_words(f, due->task), matter_time(f, due->due_at),
                                       matter_who(f, due->owner_id)), NULL);
    }
}

static void follow_up(struct sheet *s, struct matter *f)
{
    struct acts x = {.s = s, .f = f, .title = "Interim readings and follow-up"};
    struct sterility_read read;
    struct test_report report;
    struct test_correct correct;
    struct task_done done;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "quality.sterility_read", &at, &read)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "%s, day %lld of %lld: %s", sheet_escape(f->a, read.code), (long long)read.day,
                                        (long long)read.final_day, sheet_escape(f->a, read.result)), read.remark);
    for (size_t at = 0; (entry = matter_next(f, "quality.test_report", &at, &report)) != NULL;)
        tasks_left(&x, entry, &report.tasks);
    for (size_t at = 0; (entry = matter_next(f, "quality.test_correct", &at, &correct)) != NULL;)
        tasks_left(&x, entry, &correct.tasks);
    for (size_t at = 0; (entry = matter_next(f, "quality.task_done", &at, &done)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "done: %s, entry %lld, %s, %zu batches looked back at", matter_words(f, done.task),
                                        (long long)done.test_seq + 1, matter_time(f, done.done_at), done.look_back.count), done.text);
    if (x.begun)
        table_end(&x.t);
}

static void review_row(struct acts *x, const struct dossier_entry *entry)
{
    struct matter *f = x->f;
    const char *type = entry->statement.type;
    struct batch_review reviewed;
    struct batch_release released;
    struct batch_certify certified;
    struct batch_reject rejected;
    struct hold_end ended;
    size_t at = (size_t)(entry - f->batch->entry);
    if (strcmp(type, "release.review") == 0 && matter_next(f, type, &at, &reviewed) == entry)
        act_row(x, entry, arena_printf(f->a, "reviewed: entries 1 to %lld", (long long)reviewed.entries), reviewed.conclusion);
    else if (strcmp(type, "release.release") == 0 && matter_next(f, type, &at, &released) == entry)
        act_row(x, entry, released.exceptional == 1 ? "<b>released exceptionally, out of specification</b>"
                          : released.conditional == 1 ? "<b>released conditionally</b>" : "<b>released</b>", released.remark);
    else if (strcmp(type, "release.certify") == 0 && matter_next(f, type, &at, &certified) == entry)
        act_row(x, entry, "<b>certified finally</b>", certified.remark);
    else if (strcmp(type, "release.reject") == 0 && matter_next(f, type, &at, &rejected) == entry)
        act_row(x, entry, "<b>rejected</b>", rejected.reason);
    else if (strcmp(type, "quality.hold_end") == 0 && matter_next(f, type, &at, &ended) == entry)
        act_row(x, entry, "hold ended", ended.reason);
}

static const char *failed_words(const struct matter *f, const struct list *failed)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < failed->count; i++) {
        const struct failed_test *t = LIST_AT(*failed, const struct failed_test, i);
        buf_printf(&b, "%s%s: %s", i > 0 ? "; " : "", sheet_escape(f->a, t->title), sheet_escape(f->a, t->result));
    }
    return b.text;
}

/* the documents by which the risk was evaluated are kept elsewhere: what shows one is its digest */
static const char *evaluated_words(const struct matter *f, const struct except_evaluate *in)
{
    struct buf b = buf_new(f->a);
    buf_printf(&b, "%s · %s: %s", in->evaluation, in->setting, in->notify);
    for (size_t i = 0; i < in->documents.count; i++) {
        const struct kept_document *k = LIST_AT(in->documents, const struct kept_document, i);
        buf_printf(&b, " · %s (SHA-256 %s)", k->title, k->document_sha256);
    }
    return b.text;
}

/* EudraLex Vol 4 Part IV §11.5: request, evaluation of the risk, acceptance, notices */
static void exception(struct sheet *s, struct matter *f)
{
    struct acts x = {.s = s, .f = f, .title = "Exceptional release, out of specification"};
    struct except_request asked;
    struct except_evaluate evaluated;
    struct except_accept accepted;
    struct except_notify told;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "release.except_request", &at, &asked)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "asked for by the physician, for %s; %s", sheet_escape(f->a, asked.recipient_code),
                                        failed_words(f, &asked.failed)), arena_printf(f->a, "%s · %s", asked.hazard, asked.alternatives));
    for (size_t at = 0; (entry = matter_next(f, "release.except_evaluate", &at, &evaluated)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "risk evaluated; %s", failed_words(f, &evaluated.failed)), evaluated_words(f, &evaluated));
    for (size_t at = 0; (entry = matter_next(f, "release.except_accept", &at, &accepted)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "accepted by the physician, as entry %lld evaluates it", (long long)accepted.evaluation_seq + 1),
                accepted.remark);
    for (size_t at = 0; (entry = matter_next(f, "release.except_notify", &at, &told)) != NULL;)
        act_row(&x, entry, arena_printf(f->a, "told: %s, %s", matter_words(f, told.task), matter_time(f, told.notified_at)), told.text);
    if (x.begun)
        table_end(&x.t);
}

static void review(struct sheet *s, struct matter *f)
{
    struct acts x = {.s = s, .f = f, .title = "Review and disposition"};
    for (size_t i = 0; i < f->batch->count; i++)
        review_row(&x, &f->batch->entry[i]);
    if (x.begun)
        table_end(&x.t);
}

static void gate(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Point", 7, true}, {"What must hold", 38, false}, {"State", 17, false}, {"Why", 38, false}};
    struct batch_release released;
    struct table t;
    if (!matter_of(f, f->d->subject, "release.release", &released))
        return;
    sheet_section(s, "Release gate, as it stood at the last release", 60);
    table_begin(&t, s, columns, 4);
    for (size_t i = 0; i < released.gate.count; i++) {
        const struct gate_point *p = LIST_AT(released.gate, const struct gate_point, i);
        table_row(&t, (const char *[]){arena_printf(f->a, "%lld", (long long)p->point), sheet_escape(f->a, p->title),
                                       matter_mark(f, p->state), sheet_escape(f->a, p->text)});
    }
    table_end(&t);
}

void chapter_quality(struct sheet *s, struct matter *f)
{
    sheet_chapter(s, "Tests and disposition");
    tests(s, f);
    investigations(s, f);
    lookback(s, f);
    deviations(s, f);
    follow_up(s, f);
    exception(s, f);
    review(s, f);
    gate(s, f);
}
