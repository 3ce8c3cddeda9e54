/* Verbs on tests, their cases and deviations of a batch: facts of the batch, then a rule, then for a test its verdict. */
#include "domain/late.h"
#include "domain/lookback.h"
#include "domain/pending.h"
#include "domain/test_record.h"
#include "domain/test_source.h"
#include "quality_apply.h"
#include "quality_store.h"
#include "verbs.h"

/* every one of these verbs works on the batch's stream */
static int batch_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    return 0;
}

/* the batch's facts, and whether its state takes this verb */
static int batch_read(struct call *c, struct quality_facts *ret, struct err *e)
{
    int code = store_read_batch(c, ret, e);
    return code == 0 ? rule_event(ret, c->verb->name, e) : code;
}

static int report_decide(struct call *c, struct err *e)
{
    struct test_report *in = c->in;
    struct quality_facts facts;
    const struct file_import *file;
    struct str_references references;
    struct samples samples;
    int code = batch_read(c, &facts, e);
    if (code == 0)
        code = rule_test_report(in, &facts, c->said_ms, e);
    code = code != 0 ? code : store_read_samples(c, QUALITY_ANSWERS + 3, &samples, e);
    code = code != 0 ? code : sample_result(&samples, in, e);
    if (code != 0)
        return code;
    in->late_min = late_entry(facts.spec->late_entry_min, in->tested_at, c->said_ms);
    code = store_read_file(c, QUALITY_ANSWERS + 1, &file, e);
    store_read_references(c, QUALITY_ANSWERS + 2, &references);
    code = code != 0 ? code : str_record_fill(c->arena, facts.spec, &references, in, e);
    code = code != 0 ? code : test_source_fill(c->arena, facts.spec, file, in, e);
    code = code != 0 ? code : test_record_judge(c->arena, facts.spec, in, e);
    store_read_release_owner(c, QUALITY_ANSWERS, &facts);
    if (code == 0 && facts.release_owner != NULL)
        pending_failure(c->arena, facts.spec, facts.release_owner, c->said_ms, in);
    return code;
}

static int report_ask(struct call *c, struct err *e)
{
    store_ask_batch(c, c->stream);
    store_ask_release_owner(c, c->stream);
    store_ask_file(c, c->stream, ((const struct test_report *)c->in)->file_seq);
    store_ask_references(c, c->stream);
    store_ask_samples(c, c->stream);
    (void)e;
    return 0;
}

const struct handler quality_test_report_verb = {report_ask, report_decide, apply_test_report, NULL};

static int review_ask(struct call *c, struct err *e)
{
    store_ask_batch(c, c->stream);
    store_ask_correctors(c, c->stream);
    (void)e;
    return 0;
}

static int review_decide(struct call *c, struct err *e)
{
    const struct test_review *in = c->in;
    struct quality_facts facts;
    int code = batch_read(c, &facts, e);
    if (code != 0)
        return code;
    store_read_correctors(c, &facts);
    code = rule_test_review(in->test_seq, c->who->person_id, &facts, e);
    return code == 0 ? rule_test_seen(in->test_seq, c->reviewed_seq, &facts, e) : code;
}

const struct handler quality_test_review_verb = {review_ask, review_decide, apply_test_review, NULL};

static int correct_ask(struct call *c, struct err *e)
{
    store_ask_batch(c, c->stream);
    store_ask_release_acts(c, c->stream);
    store_ask_release_owner(c, c->stream);
    store_ask_file(c, c->stream, ((const struct test_correct *)c->in)->file_seq);
    (void)e;
    return 0;
}

static int correct_decide(struct call *c, struct err *e)
{
    struct test_correct *in = c->in;
    struct quality_facts facts;
    struct test_report report;
    const struct correction_act *acts;
    const struct file_import *file;
    int code = store_read_batch(c, &facts, e);
    if (code == 0)
        code = rule_test_correct(in, &facts, &report, e);
    if (code == 0)
        code = store_read_file(c, QUALITY_ANSWERS + 2, &file, e);
    if (code == 0)
        code = test_source_correct(c->arena, facts.spec, &report, file, in, e);
    if (code == 0)
        code = test_record_judge(c->arena, facts.spec, &report, e);
    if (code != 0)
        return code;
    in->reported = report.reported;
    in->verdict = report.verdict;
    in->explanation = report.explanation;
    in->failing = report.failing;
    size_t n = store_read_acts(c, &facts, &acts);
    correction_lapse_test(c->arena, acts, n, in);
    store_read_release_owner(c, QUALITY_ANSWERS + 1, &facts);
    if (facts.release_owner != NULL)
        pending_failure(c->arena, facts.spec, facts.release_owner, c->said_ms, &report);
    in->tasks = report.tasks;
    return rule_event(&facts, correction_test_event(in), e);
}

const struct handler quality_test_correct_verb = {correct_ask, correct_decide, apply_test_correct, NULL};

static int hold_end_ask(struct call *c, struct err *e)
{
    store_ask_batch(c, c->stream);
    store_ask_unsigned(c, c->stream);
    (void)e;
    return 0;
}

static int hold_end_decide(struct call *c, struct err *e)
{
    struct quality_facts facts;
    int code = store_read_batch(c, &facts, e);
    if (code != 0)
        return code;
    store_read_unsigned(c, &facts);
    code = rule_event(&facts, rule_hold_end_event(&facts), e);
    return code == 0 ? rule_hold_end(c->in, &facts, e) : code;
}

const struct handler quality_hold_end_verb = {hold_end_ask, hold_end_decide, apply_hold_end, NULL};

static int investigate_decide(struct call *c, struct err *e)
{
    struct quality_facts facts;
    int code = batch_read(c, &facts, e);
    return code == 0 ? rule_oos_investigate(c->in, c->who->person_id, &facts, e) : code;
}

const struct handler quality_oos_investigate_verb = {batch_ask, investigate_decide, apply_oos_investigate, NULL};

static int close_decide(struct call *c, struct err *e)
{
    struct oos_close *in = c->in;
    struct quality_facts facts;
    int code = batch_read(c, &facts, e);
    if (code == 0)
        code = rule_oos_close(in, c->who->person_id, &facts, e);
    store_read_unsigned(c, &facts);
    if (facts.is_release_lapsed)
        in->stays_held = 1;
    return code;
}

const struct handler quality_oos_close_verb = {hold_end_ask, close_decide, apply_oos_close, NULL};

enum { LOOKED_BACK = 3 };      /* its answer, behind the batch's */

static int deviation_ask(struct call *c, struct err *e)
{
    const struct deviation_open *in = c->in;
    batch_ask(c, e);
    call_ask(c, store_row(ROW_LOOKED_BACK), DB_VALUES(db_text(c->stream), db_text(in->calibration)));
    return 0;
}

static int deviation_open_decide(struct call *c, struct err *e)
{
    struct quality_facts facts;
    bool is_reached = db_cell_bool(&c->answers[LOOKED_BACK], 0, "is_reached");
    int code = batch_read(c, &facts, e);
    code = code == 0 ? rule_deviation_open(c->in, c->now_ms, e) : code;
    return code == 0 ? lookback_answer_check(c->in, is_reached, e) : code;
}

const struct handler quality_deviation_open_verb = {deviation_ask, deviation_open_decide, apply_deviation_open, NULL};

static int deviation_close_decide(struct call *c, struct err *e)
{
    struct quality_facts facts;
    int code = batch_read(c, &facts, e);
    return code == 0 ? rule_deviation_close(c->in, c->who->person_id, &facts, e) : code;
}

const struct handler quality_deviation_close_verb = {batch_ask, deviation_close_decide, apply_deviation_close, NULL};

static int results_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_TEST_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_DEVIATION_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_READING_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_TASK_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_FILE_ROWS), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_GIVEN_ROWS), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

/* one more was asked for of each, and says that there are more */
static int results_take(struct call *c, size_t i, const struct record_type *row, struct list *list, struct err *e)
{
    struct quality_results *out = c->out;
    int code = store_rows(c, i, row, list, e);
    record_list_cut(&record_quality_results, out, list, &out->more);
    return code;
}

static int results_decide(struct call *c, struct err *e)
{
    struct quality_results *out = c->out;
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no such batch");
    int code = results_take(c, 1, &record_test_row, &out->tests, e);
    code = code == 0 ? results_take(c, 2, &record_deviation_row, &out->deviations, e) : code;
    code = code == 0 ? results_take(c, 3, &record_reading_row, &out->readings, e) : code;
    code = code == 0 ? results_take(c, 4, &record_task_row, &out->tasks, e) : code;
    code = code == 0 ? results_take(c, 5, &record_file_row, &out->files, e) : code;
    return code == 0 ? results_take(c, 6, &record_given_row, &out->given, e) : code;
}

const struct handler quality_results_verb = {results_facts, results_decide, NULL, NULL};
