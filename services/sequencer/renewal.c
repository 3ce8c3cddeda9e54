#include "renewal.h"

#include <string.h>

#include "base/clock.h"
#include "dossier/suites.h"
#include "ledger/rehash.h"
#include "rehash_job.h"
#include "service/metrics.h"
#include "sequencer.h"
#include "stamper.h"

#define FIRST_US (INT64_C(2) * 1000000)    /* of the call that begins: small logs are done by then */
#define RETRY_US (INT64_C(60) * 1000000)
#define SLICE_US INT64_C(150000)           /* of a tick, and of a call that asks how far it is: entries go on entering the log meanwhile */

static struct rehash_job *job;
static int64_t next_us;                    /* of the next try, after one that failed in a tick */
static struct err trouble;                 /* how a job ended in a tick; told to whoever asks next */

static void say(struct renewal_done *ret, const char *what, uint64_t size, const struct lasting *l)
{
    ret->what = what;
    ret->state = "recorded";
    ret->size = (int64_t)size;
    ret->stamped_at = l->time_ms;
    ret->authority = l->authority;
    ret->lasts_until = l->end_ms;
}

/* The tree as it is with the best token to be had: kept, and the token recorded. */
static int stamp_longest(const struct renewing *w, struct arena *a, struct lasting *best, uint64_t *ret_size, struct err *e)
{
    struct kept_checkpoint c;
    int r = checkpoint_show(w->maker, a, w->tree, e);
    if (r == 0)
        r = log_tree_add_heads(w->tree, e);
    if (r == 0)
        r = log_tree_integrate(w->tree, w->announce, e);
    if (r == 0)
        r = checkpoint_make(w->maker, a, w->tree, &c, e);
    if (r == 0)
        r = stamper_longest(checkpoint_maker_stamper(w->maker), a, c.note, false, w->tree->last_ms, best, e);
    if (r != 0)
        return r;
    c.token = best->token;
    c.token_ms = best->time_ms;
    *ret_size = c.size;
    r = log_tree_keep_stamped(w->tree, &c, e);
    return r != 0 ? r : log_tree_integrate(w->tree, w->announce, e);
}

int renew_time_stamps(const struct renewing *w, struct arena *a, struct renewal_done *ret, struct err *e)
{
    struct kept_checkpoint last;
    struct suites suites;
    struct lasting best;
    uint64_t size = 0;
    int r = log_tree_integrate(w->tree, w->announce, e);
    if (r == 0)
        r = store_checkpoint_last(w->db, a, &last, e);
    if (r == 0 && last.size == 0)
        r = err_raise(e, ERR_STATE_FORBIDS, "what", "", "the log has no time-stamp yet");
    if (r == 0)
        r = suites_read(NULL, &suites, e);
    if (r == 0)
        r = stamper_longest(checkpoint_maker_stamper(w->maker), a, last.note, false, TIME_ABSENT, &best, e);
    if (r != 0)
        return r;
    int64_t end_ms = suites_token_end(&suites, a, last.token);
    if (best.end_ms <= end_ms) {
        char end[CLOCK_TEXT];
        clock_to_text(end_ms, end);
        return err_raise(e, ERR_STATE_FORBIDS, "what", "",
                         "no authority gives a time-stamp that lasts beyond %s, as the last one does: add one to tsa_url", end);
    }
    r = stamp_longest(w, a, &best, &size, e);
    if (r == 0)
        say(ret, "time_stamps", size, &best);
    return r;
}

static int record_tree(const struct renewing *w, struct arena *a, struct renewal_done *ret, struct err *e)
{
    const struct rehash_tree *t = rehash_job_tree(job);
    struct bytes text = rehash_text(a, sequencer_config.common.origin, t);
    uint8_t root[DIGEST_LONG_LEN];
    struct lasting best;
    int r = stamper_longest(checkpoint_maker_stamper(w->maker), a, text, true, TIME_ABSENT, &best, e);
    if (r == 0)
        r = log_tree_add_rehash(w->tree, rehash_body(a, t), text, best.token, e);
    if (r == 0)
        r = log_tree_integrate(w->tree, w->announce, e);
    if (r != 0)
        return r;
    w->tree->is_new = true;      /* the entry itself is to be stamped, too, also by who takes over (ledger.epoch_begin) */
    rehash_root(t, root);
    say(ret, "hashes", t->size, &best);
    ret->root = hex_text(a, root, sizeof root);
    service_log("info", "the log's %llu entries are hashed anew", (unsigned long long)t->size);
    return 0;
}

/* Some more of the second tree; recorded when it is whole. What does not fit ends the job; a whole tree that cannot be
 * stamped now stays, to be stamped at the next try. */
static int go_on(const struct renewing *w, struct arena *a, int64_t until_us, struct renewal_done *ret, struct err *e)
{
    bool whole = false;
    int r = 0;
    while (r == 0 && !whole && clock_monotonic_us() < until_us)
        r = rehash_job_step(job, w->db, &whole, e);
    ret->what = "hashes";
    ret->state = "under_way";
    ret->size = (int64_t)rehash_job_tree(job)->size;
    if (r == 0 && whole)
        r = record_tree(w, a, ret, e);
    if (r == 0 ? whole : !whole || r == ERR_TREE_REFUSED)
        renew_forget();
    if (r == 0)
        trouble = (struct err){0};
    return r;
}

int renew_hashes(const struct renewing *w, struct arena *a, struct renewal_done *ret, struct err *e)
{
    bool begins = job == NULL;
    if (begins && trouble.code != 0) {
        *e = trouble;
        trouble = (struct err){0};
        return e->code;
    }
    int r = log_tree_integrate(w->tree, w->announce, e);
    if (r == 0 && begins)
        r = rehash_job_new(w->db, &w->tree->frontier, &job, e);
    return r != 0 ? r : go_on(w, a, clock_monotonic_us() + (begins ? FIRST_US : SLICE_US), ret, e);
}

int renew_tick(const struct renewing *w, struct err *e)
{
    struct renewal_done done;
    if (job == NULL || clock_monotonic_us() < next_us)
        return 0;
    struct arena *a = arena_new(0);
    record_init(&record_renewal_done, &done);
    int r = go_on(w, a, clock_monotonic_us() + SLICE_US, &done, e);
    if (r != 0) {
        trouble = *e;
        next_us = clock_monotonic_us() + RETRY_US;
        metrics_alert("rehash");
    }
    arena_free(a);
    return r;
}

void renew_forget(void)
{
    job = rehash_job_free(job);
}
