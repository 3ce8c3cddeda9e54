/*
 * Rule 11 at a release and at a final certification: what the batch left open by then (R29, gate point 4). Deviations, those among
 * them that a loss or a failure after the release opened; recalls, which stay open; the tasks of failures.
 */
#include <string.h>

#include "contract/contract.h"
#include "domain/shipment.h"
#include "dossier/recompute.h"

struct open_case {
    int64_t seq;
    const char *class;               /* NULL: closed */
};

struct open_task {
    int64_t test_seq;
    const char *task;                /* NULL: done */
};

struct settling {
    const struct recompute_case *c;
    struct open_case *kase;
    size_t case_count;
    struct open_task *task;
    size_t task_count;
    bool is_recalled;
};

static void open_deviation(struct settling *s, int64_t seq, const char *class)
{
    s->kase[s->case_count++] = (struct open_case){seq, class};
}

static void close_deviation(struct settling *s, int64_t seq)
{
    for (size_t i = 0; i < s->case_count; i++)
        if (s->kase[i].seq == seq)
            s->kase[i].class = NULL;
}

/* a failure after the release is a critical deviation, by the entry that says it, and its tasks */
static void fail_release(struct settling *s, int64_t seq, int64_t test_seq, const struct list *tasks)
{
    if (tasks->count > 0)
        open_deviation(s, seq, words_deviation_class.words[words_deviation_class.count - 1]);
    for (size_t i = 0; i < tasks->count && i < (size_t)words_failure_task.count; i++)
        s->task[s->task_count++] = (struct open_task){test_seq, LIST_AT(*tasks, const struct failure_due, i)->task};
}

static void task_done(struct settling *s, const struct task_done *done)
{
    for (size_t i = 0; i < s->task_count; i++)
        if (s->task[i].test_seq == done->test_seq && s->task[i].task != NULL && strcmp(s->task[i].task, done->task) == 0)
            s->task[i].task = NULL;
}

static void take(struct settling *s, int64_t seq, const char *type, const void *record)
{
    if (strcmp(type, "quality.deviation_open") == 0)
        open_deviation(s, seq, ((const struct deviation_open *)record)->deviation_class);
    else if (strcmp(type, "custody.container_loss") == 0)
        open_deviation(s, seq, ((const struct container_loss *)record)->deviation_class);
    else if (strcmp(type, "custody.ship_receive") == 0 && ((const struct ship_receive *)record)->deviation_class != NULL)
        open_deviation(s, seq, ((const struct ship_receive *)record)->deviation_class);
    else if (strcmp(type, "custody.ship_unpack") == 0 && shipment_unpack_is_held(record))
        open_deviation(s, seq, ((const struct ship_unpack *)record)->deviation_class);
    else if (strcmp(type, "quality.deviation_close") == 0)
        close_deviation(s, ((const struct deviation_close *)record)->deviation_seq);
    else if (strcmp(type, "quality.test_report") == 0)
        fail_release(s, seq, seq, &((const struct test_report *)record)->tasks);
    else if (strcmp(type, "quality.test_correct") == 0)
        fail_release(s, seq, ((const struct test_correct *)record)->test_seq, &((const struct test_correct *)record)->tasks);
    else if (strcmp(type, "quality.task_done") == 0)
        task_done(s, record);
    else if (strcmp(type, "custody.recall") == 0)
        s->is_recalled = true;
}

static int walk(struct settling *s, struct err *e)
{
    const struct recompute_case *c = s->c;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        const struct verb_row *verb = verb_find(entry->statement.type);
        if (verb == NULL || (strncmp(verb->name, "quality.", 8) != 0 && strncmp(verb->name, "custody.", 8) != 0))
            continue;
        void *record = record_new(c->a, verb->in);
        rc = recompute_read(c, entry, record, e);
        if (rc == 0)
            take(s, entry->entry.seq, verb->name, record);
    }
    return rc;
}

static int not_settled(const struct recompute_case *c, const char *what, struct err *e)
{
    bool is_release = strcmp(c->entry->statement.type, "release.release") == 0;
    return err_raise(e, ERR_DOSSIER_REFUSED, is_release ? "gate" : "results", "11", "%s, but %s", is_release ? "released" : "certified", what);
}

int recompute_settled(const struct recompute_case *c, bool asks_tasks, struct err *e)
{
    struct settling s = {.c = c, .kase = ARENA_ARRAY(c->a, struct open_case, c->s->count + 1),
                         .task = ARENA_ARRAY(c->a, struct open_task, c->s->count * (size_t)words_failure_task.count + 1)};
    int rc = walk(&s, e);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < s.case_count; i++)
        if (s.kase[i].class != NULL && strcmp(s.kase[i].class, "minor") != 0)
            return not_settled(c, arena_printf(c->a, "the deviation of entry %lld (%s) is open", (long long)s.kase[i].seq, s.kase[i].class), e);
    for (size_t i = 0; asks_tasks && i < s.task_count; i++)
        if (s.task[i].task != NULL)
            return not_settled(c, arena_printf(c->a, "the task %s of the failure of entry %lld is open", s.task[i].task,
                                               (long long)s.task[i].test_seq), e);
    return s.is_recalled ? not_settled(c, "the batch is recalled", e) : 0;
}
