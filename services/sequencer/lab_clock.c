#include "lab_clock.h"

#include <stdlib.h>

#include "base/clock.h"
#include "service/metrics.h"
#include "service/service.h"

#define SOON_US (INT64_C(60) * 1000000)
#define LATER_US (INT64_C(3600) * 1000000)

/* Whole seconds may be all that an authority tells. */
static int64_t least_ahead(int64_t asked_ms, int64_t got_ms, int64_t token_ms)
{
    return clock_least_ahead(asked_ms, got_ms, token_ms, token_ms % 1000 == 0 ? 1000 : 1);
}

void lab_clock_heard(struct lab_clock *c, int64_t asked_ms, int64_t got_ms, int64_t token_ms)
{
    if (clock_judge(least_ahead(asked_ms, got_ms, token_ms), &c->limits) != CLOCK_RIGHT)
        c->next_us = 0;
}

static int ask_one(const struct log_tree *t, struct stamper *s, size_t i, struct arena *a, int64_t *ret, struct err *e)
{
    int64_t asked_ms = 0, got_ms = 0, there_ms = 0;
    int r = store_now(t->db, a, &asked_ms, e);
    if (r == 0)
        r = stamper_time(s, i, a, &there_ms, e);
    if (r == 0)
        r = store_now(t->db, a, &got_ms, e);
    if (r == 0)
        *ret = least_ahead(asked_ms, got_ms, there_ms);
    return r;
}

/* false: none answered */
static bool ask_all(const struct log_tree *t, struct stamper *s, struct arena *a, int64_t *ret)
{
    bool heard = false;
    for (size_t i = 0; i < stamper_count(s); i++) {
        struct err e;
        int64_t ahead_ms = 0;
        if (ask_one(t, s, i, a, &ahead_ms, &e) != 0) {
            service_log("warn", "time-stamp authority %zu of the list tells no time: %s", i + 1, e.text);
            continue;
        }
        if (!heard || llabs(ahead_ms) < llabs(*ret))
            *ret = ahead_ms;
        heard = true;
    }
    return heard;
}

static int judge(struct lab_clock *c, const struct log_tree *t, struct arena *a, int64_t ahead_ms, struct err *e)
{
    c->state = clock_judge(ahead_ms, &c->limits);
    if (c->state != CLOCK_RIGHT) {
        metrics_alert("clock");
        service_log(c->state == CLOCK_WRONG ? "error" : "warn", "the database's clock is %lld ms %s every time-stamp authority's",
                    llabs(ahead_ms), ahead_ms > 0 ? "before" : "behind");
    }
    int r = store_clock_measured(t->db, a, t->epoch, ahead_ms, e);
    if (r == 0 && (c->state == CLOCK_WRONG) != c->is_told &&
        (r = store_clock_noticed(t->db, a, c->state == CLOCK_WRONG ? "off" : "right", ahead_ms, e)) == 0)
        c->is_told = c->state == CLOCK_WRONG;
    return r;
}

int lab_clock_tick(struct lab_clock *c, const struct log_tree *t, struct stamper *s, struct err *e)
{
    int64_t ahead_ms = 0;
    if (clock_monotonic_us() < c->next_us)
        return 0;
    struct arena *a = arena_new(0);
    bool heard = ask_all(t, s, a, &ahead_ms);
    int r = heard ? judge(c, t, a, ahead_ms, e) : 0;
    c->next_us = clock_monotonic_us() + (heard && c->state == CLOCK_RIGHT ? LATER_US : SOON_US);
    arena_free(a);
    return r;
}
