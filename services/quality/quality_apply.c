#include "quality_apply.h"

#include <string.h>

#include "domain/specification.h"
#include "quality_store.h"
#include "service/lapse.h"

#define QUEUE(c, row, ...) db_queue((c)->db, store_row(row), DB_VALUES(__VA_ARGS__))

static struct db_value actor(const struct call *c)
{
    return db_text(c->who->person_id);
}

/* who did it, for segregation of duties */
static void queue_act(struct call *c)
{
    QUEUE(c, ROW_ACT, db_text(c->stream), actor(c), db_text(c->verb->name), db_int(c->seq));
}

/* the same, and the step of the batch's machine that it is */
static void queue_event(struct call *c)
{
    queue_act(c);
    QUEUE(c, ROW_MOVE, db_text(c->stream), db_text(c->verb->name), db_int(c->seq));
}

int apply_specification_author(struct call *c, struct err *e)
{
    const struct specification_author *in = c->in;
    struct specification *spec;
    int code = specification_parse(c->arena, in->document, strlen(in->document), &spec, e);
    if (code != 0)
        return code;
    QUEUE(c, ROW_SPECIFICATION_INSERT, db_text(in->specification_id), db_int(in->version), db_text(spec->title),
          db_text(in->document), actor(c), db_int(c->seq));
    return 0;
}

int apply_specification_approve(struct call *c, struct err *e)
{
    const struct specification_approve *in = c->in;
    (void)e;
    QUEUE(c, ROW_SPECIFICATION_SUPERSEDE, db_text(in->specification_id));
    QUEUE(c, ROW_SPECIFICATION_APPROVE, db_text(in->specification_id), db_int(in->version), actor(c), db_int(c->seq));
    return 0;
}

/* a failure after the release: a deviation, which the same entry opens, and the tasks that it leaves (R29) */
static void queue_failure(struct call *c, int64_t test_seq, const char *explanation, const struct list *due_tasks)
{
    size_t n = due_tasks->count;
    const char **tasks = ARENA_ARRAY(c->arena, const char *, n), **owners = ARENA_ARRAY(c->arena, const char *, n);
    int64_t *due = ARENA_ARRAY(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        const struct failure_due *task = LIST_AT(*due_tasks, const struct failure_due, i);
        tasks[i] = task->task;
        owners[i] = task->owner_id;
        due[i] = task->due_at;
    }
    QUEUE(c, ROW_DEVIATION_INSERT, db_text(c->stream), db_int(c->seq), db_text("critical"),
          db_text(arena_printf(c->arena, "Failed after its release. %s", explanation)), db_int(c->time_ms), actor(c), db_null());
    QUEUE(c, ROW_TASKS_INSERT, db_text(c->stream), db_int(test_seq), db_texts(tasks, n), db_texts(owners, n), db_ints(due, n));
}

int apply_test_report(struct call *c, struct err *e)
{
    const struct test_report *in = c->in;
    (void)e;
    QUEUE(c, ROW_REPORT, db_text(c->stream), db_int(c->seq), db_text(in->code), db_text(in->result), db_text(in->method),
          db_text(in->sample_point), db_int(in->sampled_at), db_int(in->tested_at), db_text(in->remark), db_text(in->reported),
          db_text(in->verdict), db_text(in->explanation), actor(c), in->late_min == INTEGER_ABSENT ? db_null() : db_int(in->late_min));
    if (in->file_seq != INTEGER_ABSENT)
        QUEUE(c, ROW_SOURCE_INSERT, db_text(c->stream), db_int(c->seq), db_int(in->file_seq), db_text(in->quantity));
    if (in->sample_id != NULL)
        QUEUE(c, ROW_SAMPLE_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->sample_id));
    if (in->identity != NULL)
        QUEUE(c, ROW_IDENTITY_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->profile), db_text(in->identity),
              db_text(in->match_percent), db_int(in->reference_seq),
              in->mother_seq == INTEGER_ABSENT ? db_null() : db_int(in->mother_seq));
    if (in->tasks.count > 0)
        queue_failure(c, c->seq, in->explanation, &in->tasks);
    queue_act(c);
    return 0;
}

static const char *values_json(struct call *c, const struct list *values)
{
    struct buf b = buf_new(c->arena);
    buf_char(&b, '[');
    for (size_t i = 0; i < values->count; i++) {
        buf_put(&b, i > 0 ? "," : "");
        record_to_json(&b, &record_instrument_value, LIST_AT(*values, const struct instrument_value, i), RECORD_STATEMENT);
    }
    buf_char(&b, ']');
    return b.text;
}

int apply_file_import(struct call *c, struct err *e)
{
    const struct file_import *in = c->in;
    (void)e;
    QUEUE(c, ROW_FILE_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->file_name), db_text(in->format),
          db_text(in->file_sha256), db_int(in->size), db_text(values_json(c, &in->values)), actor(c));
    queue_act(c);
    return 0;
}

int apply_sterility_read(struct call *c, struct err *e)
{
    const struct sterility_read *in = c->in;
    (void)e;
    QUEUE(c, ROW_READING_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->code), db_int(in->day), db_int(in->final_day),
          db_int(in->sampled_at), db_int(in->read_at), db_text(in->result), actor(c));
    queue_act(c);
    return 0;
}

int apply_task_done(struct call *c, struct err *e)
{
    const struct task_done *in = c->in;
    (void)e;
    QUEUE(c, ROW_TASK_DONE, db_text(c->stream), db_int(in->test_seq), db_text(in->task), db_int(in->done_at), actor(c),
          db_int(c->seq), db_text(in->text));
    queue_act(c);
    return 0;
}

int apply_test_review(struct call *c, struct err *e)
{
    const struct test_review *in = c->in;
    (void)e;
    QUEUE(c, ROW_REVIEW, db_text(c->stream), db_int(in->test_seq), actor(c), db_int(c->seq));
    QUEUE(c, ROW_RENEW, db_text(c->stream), db_text(c->verb->name), db_int(in->test_seq), db_int(c->seq));
    queue_event(c);
    return 0;
}

int apply_test_correct(struct call *c, struct err *e)
{
    const struct test_correct *in = c->in;
    (void)e;
    QUEUE(c, ROW_CORRECT, db_text(c->stream), db_int(c->seq), db_int(in->test_seq), db_text(in->old_value),
          db_text(in->new_value), db_text(in->reason), db_text(in->reported), db_text(in->verdict), db_text(in->explanation),
          actor(c), db_int(c->time_ms), db_text(correction_test_event(in)));
    if (in->file_seq != INTEGER_ABSENT)
        QUEUE(c, ROW_SOURCE_INSERT, db_text(c->stream), db_int(in->test_seq), db_int(in->file_seq), db_text(in->quantity));
    if (in->tasks.count > 0)
        queue_failure(c, in->test_seq, in->explanation, &in->tasks);
    lapse_queue(c, store_row(ROW_LAPSE), &in->lapsed);
    queue_act(c);
    return 0;
}

int apply_hold_end(struct call *c, struct err *e)
{
    (void)e;
    QUEUE(c, ROW_GO_ON, db_text(c->stream), db_int(c->seq));
    queue_act(c);
    return 0;
}

int apply_oos_investigate(struct call *c, struct err *e)
{
    const struct oos_investigate *in = c->in;
    (void)e;
    QUEUE(c, ROW_INVESTIGATE, db_text(c->stream), db_int(in->test_seq), db_text(in->findings),
          db_bool(in->assignable_cause == 1), actor(c), db_int(c->seq));
    queue_event(c);
    return 0;
}

int apply_oos_close(struct call *c, struct err *e)
{
    const struct oos_close *in = c->in;
    (void)e;
    QUEUE(c, ROW_SETTLE, db_text(c->stream), db_int(in->test_seq), db_text(in->conclusion), db_text(in->reason), actor(c),
          db_int(c->seq), db_bool(in->stays_held == 1));
    queue_act(c);
    return 0;
}

int apply_deviation_open(struct call *c, struct err *e)
{
    const struct deviation_open *in = c->in;
    (void)e;
    QUEUE(c, ROW_DEVIATION_INSERT, db_text(c->stream), db_int(c->seq), db_text(in->deviation_class), db_text(in->text),
          db_int(in->aware_at), actor(c), db_text(in->calibration));
    queue_event(c);
    return 0;
}

int apply_deviation_close(struct call *c, struct err *e)
{
    const struct deviation_close *in = c->in;
    (void)e;
    QUEUE(c, ROW_DEVIATION_CLOSE, db_text(c->stream), db_int(in->deviation_seq), actor(c), db_int(c->seq),
          db_text(in->reason));
    queue_event(c);
    return 0;
}
