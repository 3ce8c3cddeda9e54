#include "service/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "service/group.h"
#include "service/metrics.h"

/* verbs of a service that keeps nothing in the database: signer, notary */
static void run_alone(const struct service *service, struct work *w)
{
    int code = w->handler->decide(&w->call, &w->err);
    (void)service;
    if (code != 0)
        work_refuse(w, code);
    else
        answer_result(w);
    w->done = true;
}

static bool is_recorded(const struct work *w)
{
    return w->call.verb->kind == VERB_ACT || w->call.verb->kind == VERB_OBSERVE;
}

/* the works of the next group: not done, and no two of them on one stream */
static size_t pick(struct work *works, size_t count, struct work **ret_group)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct work *w = &works[i];
        bool waits = w->done;
        for (size_t k = 0; !waits && k < i; k++)
            waits = !works[k].done && is_recorded(w) && is_recorded(&works[k]) &&
                    strcmp(works[k].call.stream, w->call.stream) == 0;
        if (!waits)
            ret_group[n++] = w;
    }
    return n;
}

static void rescue(struct db *db)
{
    struct err e;
    if (db_failure(db)->lost && db_reopen(db, &e) != 0)
        service_log("error", "the database does not answer: %s", e.text);
}

static void run_group(const struct service *service, struct db *db, struct work **group, size_t n)
{
    int64_t begun = clock_monotonic_us();
    int code = group_run(service, db, group, n);
    if (code != 0) {
        metrics_rerun();
        rescue(db);
        code = group_run_savepoints(service, db, group, n);
    }
    for (size_t i = 0; code != 0 && i < n; i++) {
        rescue(db);
        group_run_single(service, db, group[i]);
    }
    metrics_group(n, clock_monotonic_us() - begun);
}

void dispatch_run(const struct service *service, struct db *db, struct work *works, size_t count)
{
    struct work **group = calloc(count, sizeof *group);
    if (group == NULL)
        abort();
    for (size_t i = 0; db == NULL && i < count; i++)
        if (!works[i].done)
            run_alone(service, &works[i]);
    for (size_t n = pick(works, count, group); n > 0; n = pick(works, count, group))
        run_group(service, db, group, n);
    for (size_t i = 0; i < count; i++) {
        if (works[i].code != 0)
            answer_refusal(&works[i]);
        metrics_call(works[i].call.verb, works[i].code, clock_monotonic_us() - works[i].begun_us);
    }
    free(group);
}
