#include "service/clock_watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/timex.h>

#include "base/clock.h"
#include "service/metrics.h"

#define EVERY_US INT64_C(10000000)
#define LOOK_US 50000               /* two clocks read farther apart say nothing of a step */

enum { NOW, NOTICED };
static const struct statement_row rows[] = {
    [NOW] = {"clock_now", "select here_ms, ahead_ms from ledger.clock_now()", 0, NULL},
    [NOTICED] = {"clock_noticed", "select ledger.clock_noticed($1, $2, $3)", 3, NULL},
};
const struct statement_table clock_watch_statements = STATEMENT_TABLE(rows);

static struct {
    enum clock_state state;
    bool has_shown, knows_lab, is_told;   /* is_told: that this clock is wrong against the database's */
    bool is_unkept;                       /* the kernel says that no time service keeps it, or not well enough */
    int64_t shown_ms;                     /* less the monotonic time, at the last look */
    int64_t next_us;
    int64_t own_ms, lab_ms;
    int64_t steps;
    int64_t untold_ms;                    /* by how much the clock was set that the record does not know of yet */
} watch;

/* By how much the clock was set since the last look. */
static int64_t look_for_step(void)
{
    int64_t before_us = clock_monotonic_us(), wall_ms = clock_ms(), after_us = clock_monotonic_us();
    if (after_us - before_us > LOOK_US)
        return 0;
    int64_t shown_ms = wall_ms - before_us / 1000;
    int64_t by = watch.has_shown ? clock_step(watch.shown_ms, shown_ms) : 0;
    watch.shown_ms = shown_ms;
    watch.has_shown = true;
    return by;
}

/* false: not kept; to be said again at the next look */
static bool notice(struct db *db, const char *state, const char *against, int64_t ahead_ms)
{
    struct arena *a = arena_new(0);
    struct err e;
    int code = db_query(db, a, &rows[NOTICED], DB_VALUES(db_text(state), db_text(against), db_int(ahead_ms)), NULL, &e);
    if (code != 0)
        service_log("warn", "what was noticed of the clock is not kept yet: %s", e.text);
    arena_free(a);
    return code == 0;
}

static const char *whose(void)
{
    return llabs(watch.own_ms) >= llabs(watch.lab_ms) ? "the database's" : "the time-stamp authority's, as is the database's";
}

const char *clock_watch_sentence(struct arena *a)
{
    int64_t by = clock_worst(watch.own_ms, watch.lab_ms);
    if (watch.is_unkept)
        return "no time service keeps this machine's clock within the limit: nothing is recorded";
    if (watch.state != CLOCK_OFF && watch.state != CLOCK_WRONG)
        return NULL;
    return arena_printf(a, "the clock is %lld.%03lld s %s %s%s", llabs(by) / 1000, llabs(by) % 1000,
                        by > 0 ? "before" : "behind", whose(), watch.state == CLOCK_WRONG ? ": nothing is recorded" : "");
}

static void say(void)
{
    struct arena *a = arena_new(0);
    const char *text = clock_watch_sentence(a);
    if (text == NULL) {
        service_log("info", "the clock is right again");
    } else {
        metrics_alert("clock");
        service_log(watch.state == CLOCK_WRONG ? "error" : "warn", "%s (docs/OPERATIONS.md, clock)", text);
    }
    arena_free(a);
}

static bool is_kept(int64_t max_ms)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);
    return clock_is_kept(state >= 0 && state != TIME_ERROR && (t.status & STA_UNSYNC) == 0, t.maxerror, max_ms);
}

static void judge(struct db *db, const struct settings *s, bool tells)
{
    const struct clock_limits limits = {s->clock_warn_ms, s->clock_refuse_ms};
    enum clock_state was = watch.state;
    watch.is_unkept = !is_kept(s->clock_error_max_ms);
    watch.state = watch.is_unkept ? CLOCK_WRONG : clock_judge(clock_worst(watch.own_ms, watch.lab_ms), &limits);
    if (watch.state != was && (watch.state != CLOCK_RIGHT || was != CLOCK_UNWATCHED))
        say();
    bool wrong = clock_judge(watch.own_ms, &limits) == CLOCK_WRONG;
    if (tells && wrong != watch.is_told && notice(db, wrong ? "off" : "right", "database", watch.own_ms))
        watch.is_told = wrong;
}

static void compare(struct db *db, const struct settings *s, bool tells)
{
    struct arena *a = arena_new(0);
    struct db_rows r;
    struct err e;
    int code = db_failure(db)->lost ? db_reopen(db, &e) : 0;
    int64_t sent_ms = clock_ms();
    if (code == 0)
        code = db_query(db, a, &rows[NOW], DB_NONE, &r, &e);
    int64_t received_ms = clock_ms();
    if (code == 0 && received_ms >= sent_ms) {
        watch.own_ms = clock_least_ahead(sent_ms, received_ms, db_cell_int(&r, 0, "here_ms"), 1);
        watch.knows_lab = db_cell(&r, 0, "ahead_ms").data != NULL;
        watch.lab_ms = watch.knows_lab ? db_cell_int(&r, 0, "ahead_ms") : 0;
        judge(db, s, tells);
    }
    watch.next_us = clock_monotonic_us() + EVERY_US;
    arena_free(a);
}

void clock_watch_look(struct db *db, const struct settings *s, bool tells)
{
    int64_t by = look_for_step();
    if (by != 0) {
        watch.steps++;
        watch.untold_ms += by;
        metrics_alert("clock_step");
        service_log("error", "the clock was set %s by %lld ms", by < 0 ? "back" : "ahead", llabs(by));
    }
    if (db == NULL || (by == 0 && clock_monotonic_us() < watch.next_us))
        return;
    compare(db, s, tells);
    if (watch.untold_ms != 0 && tells && notice(db, "step", "itself", watch.untold_ms))
        watch.untold_ms = 0;
}

int clock_watch_refuses(struct err *e)
{
    if (watch.state != CLOCK_WRONG)
        return 0;
    struct arena *a = arena_new(0);
    int code = err_raise(e, ERR_CLOCK_REFUSED, "", "R16", "%s", clock_watch_sentence(a));
    arena_free(a);
    return code;
}

void clock_watch_metrics(struct buf *b)
{
    if (watch.state != CLOCK_UNWATCHED)
        buf_printf(b, "stemma_clock_ahead_ms{of=\"database\"} %" PRId64 "\n", watch.own_ms);
    if (watch.knows_lab)
        buf_printf(b, "stemma_clock_ahead_ms{of=\"authority\"} %" PRId64 "\n", watch.own_ms + watch.lab_ms);
    buf_printf(b, "stemma_clock_steps_total %" PRId64 "\nstemma_clock_refuses %d\n", watch.steps, watch.state == CLOCK_WRONG);
}
