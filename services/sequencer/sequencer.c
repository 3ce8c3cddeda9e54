#include "sequencer.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "checkpoint.h"
#include "db/log_source.h"
#include "db/rehash_source.h"
#include "lab_clock.h"
#include "log_tree.h"
#include "recovery.h"
#include "rehash_job.h"
#include "renewal.h"
#include "reread.h"
#include "service/metrics.h"
#include "wire/publish.h"

#define NEWS_MS 2000                 /* so often is looked whether any service noticed something of its clock */
#define PROGRAMS_MS 1000             /* how often it is looked who began */
#define RETRY_MS 5000                /* after a checkpoint that could not be had */

struct sequencer_settings sequencer_config;

#define AT(member) offsetof(struct sequencer_settings, member)
const struct setting sequencer_settings_rows[] = {
    {"directory", SETTING_PATH, AT(directory), NULL, "INI file that says where the services are"},
    {"terminal", SETTING_TEXT, AT(terminal), "T-SEQUENCER", "T- id that stands as actor of the log's own statements"},
    {"witnesses", SETTING_TEXT, AT(witnesses), "witness-1 witness-2", "names of the witnesses in the directory"},
    {"log_key", SETTING_PATH, AT(log_key), NULL, "public key of the log, log.pub.pem"},
    {"witness_keys", SETTING_PATH, AT(witness_keys), NULL, "verifier keys of the witnesses, one a line"},
    {"tsa_url", SETTING_TEXT, AT(tsa_url), NULL, "time-stamp authorities, http://host:port/path each, the preferred first"},
    {"tsa_root", SETTING_PATH, AT(tsa_root), NULL, "root certificates of the authorities, PEM"},
    {"publish", SETTING_TEXT, AT(publish), "", "endpoint of the announcements of new entries; empty: none"},
    {"recovers", SETTING_PATH, AT(recovers), "", "closed log's last checkpoint (stemma-notary --close): no checkpoint before sequencer.recover"},
    {"recovers_key", SETTING_PATH, AT(recovers_key), "", "public key of the closed log, log.pub.pem"},
    {"stamp_every_s", SETTING_INTEGER, AT(stamp_every_s), "60", "time-stamp at most so often, when there is something new; a release or rejection is stamped at once"},
    {"call_timeout_ms", SETTING_INTEGER, AT(call_timeout_ms), "8000", "how long notary, witness and authority may take"},
};
const size_t sequencer_settings_count = sizeof sequencer_settings_rows / sizeof sequencer_settings_rows[0];

static struct statement_table tables[5];
static struct db *ledger;
static struct log_tree tree;
static struct checkpoint_maker *maker;
static struct wire_publisher *publisher;
static struct lab_clock lab_clock;
static int64_t next_stamp_us, next_news_us, next_look_us, next_programs_us;
static bool agrees;                  /* with the notary's memory; asked anew whenever the database was away */
static char halted[300];             /* why nothing is recorded; "": it is */

static int take_over(struct err *e)
{
    int r;
    if (ledger == NULL) {
        tables[0] = sequencer_statements;
        tables[1] = log_source_statements;
        tables[2] = reread_statements;
        tables[3] = rehash_statements;
        tables[4] = rehash_source_statements;
        r = db_open(sequencer_config.common.database, sequencer_config.common.name, tables, 5, &ledger, e);
    } else {
        r = db_reopen(ledger, e);
    }
    agrees = false;
    return r != 0 ? r : log_tree_open(&tree, ledger, e);
}

int sequencer_init(struct db *db, struct err *e)
{
    (void)db;
    lab_clock.limits = (struct clock_limits){sequencer_config.common.clock_warn_ms, sequencer_config.common.clock_refuse_ms};
    int r = checkpoint_maker_new(&maker, e);
    if (r == 0)
        r = recovery_read(e);
    if (r == 0)
        r = take_over(e);
    if (r == 0 && sequencer_config.publish[0] != '\0')
        r = wire_publisher_new(sequencer_config.publish, sequencer_config.common.curve_secret, &publisher, e);
    return r;
}

void sequencer_done(void)
{
    publisher = wire_publisher_free(publisher);
    renew_forget();
    maker = checkpoint_maker_free(maker);
    ledger = db_close(ledger);
}

/* What is stamped at once: the decision about a batch. */
static bool is_pressing(const char *type)
{
    return strcmp(type, "release.release") == 0 || strcmp(type, "release.certify") == 0 || strcmp(type, "release.reject") == 0;
}

static void announce(const struct drained *d)
{
    char at[CLOCK_TEXT], line[256];
    if (is_pressing(d->type))
        next_stamp_us = 0;
    if (publisher == NULL)
        return;
    clock_to_text(d->time_ms, at);
    int len = snprintf(line, sizeof line, "{\"seq\":%lld,\"stream\":\"%s\",\"time\":\"%s\",\"type\":\"%s\"}",
                       (long long)d->seq, d->stream, at, d->type);
    if (len > 0 && (size_t)len < sizeof line)
        wire_publish(publisher, line, (size_t)len);
}

static int halt(const char *why, struct err *e)
{
    int r = store_halt(ledger, tree.epoch, why, e);
    if (r != 0 || strcmp(halted, why) == 0)
        return r;
    metrics_alert("rollback");
    service_log("error", "NOTHING IS RECORDED: %s", why);
    snprintf(halted, sizeof halted, "%s", why);
    return 0;
}

static int resume(struct err *e)
{
    int r = store_resume(ledger, tree.epoch, e);
    if (r == 0 && halted[0] != '\0')
        service_log("warn", "the database is the one that the notary remembers: recording goes on");
    if (r == 0)
        halted[0] = '\0';
    agrees = r == 0;
    return r;
}

/* Before anything is put into the log: is it the log that was signed? A database that was restored, or another, is not; then
 * every service's entries are refused, for they would stand where others stood before. */
static int look(struct err *e)
{
    const char *why;
    if (agrees || clock_monotonic_us() < next_look_us)
        return 0;
    struct arena *a = arena_new((size_t)512 << 20);
    int r = checkpoint_agrees(maker, a, &tree, &why, e);
    if (r == 0)
        r = why == NULL ? resume(e) : halt(why, e);
    next_look_us = clock_monotonic_us() + RETRY_MS * 1000;
    arena_free(a);
    return r;
}

/* A connection that is gone is opened again at the next call; the epoch then shows whether anybody else took over. */
static int integrate(struct err *e)
{
    if (db_failure(ledger)->lost) {
        int r = take_over(e);
        if (r != 0)
            return r;
        service_log("warn", "the database answers again");
    }
    int r = look(e);
    return r != 0 || !agrees ? r : log_tree_integrate(&tree, announce, e);
}

/* May anything be signed, or be said by the log about itself? */
static int allow(struct err *e)
{
    bool due;
    if (!agrees)
        return err_raise(e, ERR_LOG_HALTED, "", "", "%s", halted[0] != '\0' ? halted : "the notary was not asked yet");
    int r = recovery_is_due(ledger, &due, e);
    return r != 0 || !due ? r : err_raise(e, ERR_STATE_FORBIDS, "", "", "no checkpoint before the statement of recovery (sequencer recover)");
}

static int make_checkpoint(struct arena *a, struct kept_checkpoint *ret, struct err *e)
{
    int r = allow(e);
    if (r == 0)
        r = checkpoint_make(maker, a, &tree, ret, e);
    agrees = agrees && r != ERR_TREE_REFUSED;
    if (r == 0)
        lab_clock_heard(&lab_clock, ret->asked_ms, ret->got_ms, ret->token_ms);
    else if (r == ERR_CLOCK_REFUSED)
        lab_clock.next_us = 0;
    return r;
}

/* Checkpoint, its token into the log, and the log brought up to date. */
static int stamp(struct arena *a, struct err *e)
{
    struct kept_checkpoint c;
    int r = make_checkpoint(a, &c, e);
    if (r == 0)
        r = log_tree_keep_stamped(&tree, &c, e);
    return r != 0 ? r : log_tree_integrate(&tree, announce, e);
}

/* What was noticed of clocks, by the authorities or by any service, into the log. */
static int look_at_clocks(struct err *e)
{
    int r = lab_clock_tick(&lab_clock, &tree, checkpoint_maker_stamper(maker), e);
    if (r != 0 || clock_monotonic_us() < next_news_us)
        return r;
    next_news_us = clock_monotonic_us() + NEWS_MS * 1000;
    r = log_tree_add_clock(&tree, e);
    if (r != ERR_CLOCK_REFUSED)
        return r;
    service_log("warn", "what was noticed of the clocks waits until they are right: %s", e->text);
    return 0;
}

/* Who began with another program or other settings than before: what is recorded from then on is by these. */
static int note_programs(struct err *e)
{
    struct arena *a = arena_new(0);
    struct list list = {0};
    int r = store_programs(ledger, a, &list, e);
    for (size_t i = 0; r == 0 && i < list.count; i++) {
        const struct log_program *p = LIST_AT(list, const struct log_program, i);
        struct buf body = buf_new(a);
        record_to_json(&body, &record_log_program, p, RECORD_STATEMENT);
        buf_put(&body, "\n");
        r = log_tree_add(&tree, "log.program", (struct bytes){(const uint8_t *)body.text, body.len}, e);
        if (r == 0)
            r = store_program_logged(ledger, tree.epoch, p, e);
    }
    if (r == ERR_CLOCK_REFUSED) {
        service_log("warn", "who began with which program waits until the clocks are right: %s", e->text);
        r = 0;
    }
    next_programs_us = clock_monotonic_us() + PROGRAMS_MS * 1000;
    arena_free(a);
    return r;
}

int sequencer_tick(struct db *db, struct err *e)
{
    (void)db;
    int r = integrate(e);
    struct err forbidden;
    bool allowed = r == 0 && allow(&forbidden) == 0;
    if (allowed)
        r = look_at_clocks(e);
    if (r == 0 && allowed && clock_monotonic_us() >= next_programs_us)
        r = note_programs(e);
    if (r == 0 && allowed)
        r = renew_tick(&(struct renewing){ledger, &tree, maker, announce}, e);
    if (r != 0 || !agrees || !tree.is_new || clock_monotonic_us() < next_stamp_us)
        return r;
    struct arena *a = arena_new((size_t)512 << 20);
    r = stamp(a, e);
    arena_free(a);
    if (r == ERR_BUSY) {             /* it goes on at the next tick: much came, or the notary reads the log from its beginning */
        service_log("info", "before a checkpoint: %s", e->text);
        return 0;
    }
    next_stamp_us = clock_monotonic_us() + (r == 0 ? sequencer_config.stamp_every_s * 1000 : RETRY_MS) * 1000;
    return r;
}

static void say_state(struct call *c, const struct kept_checkpoint *last, int64_t pending)
{
    struct log_state *out = c->out;
    out->origin = sequencer_config.common.origin;
    out->size = (int64_t)tree.frontier.size;
    out->pending = pending;
    out->halted = halted[0] == '\0' ? NULL : halted;
    out->checkpoint_size = (int64_t)last->size;
    if (last->size > 0) {
        out->checkpoint_at = last->token_ms;
        out->checkpoint = arena_dup(c->arena, last->note.data, last->note.len);
    }
}

/* The last seal, and nothing came since of which a dossier could tell: its dossiers would be the same. */
static int find_seal(struct arena *a, int64_t now_ms, struct kept_checkpoint *ret, bool *ret_good, struct err *e)
{
    int r = store_seal_last(ledger, a, ret, ret_good, e);
    *ret_good = r == 0 && *ret_good && now_ms - ret->token_ms < INT64_C(3600000);
    return r;
}

static int seal(struct arena *a, struct kept_checkpoint *ret, struct err *e)
{
    int r = allow(e);
    if (r == 0)
        r = checkpoint_show(maker, a, &tree, e);
    if (r == 0)
        r = log_tree_add_heads(&tree, e);
    if (r == 0)
        r = log_tree_integrate(&tree, announce, e);
    if (r == 0)
        r = stamp(a, e);
    if (r == 0)
        r = make_checkpoint(a, ret, e);
    ret->is_seal = true;
    if (r == 0)
        r = store_checkpoint_add(ledger, a, tree.epoch, ret, e);
    if (r == 0)
        tree.is_new = false;
    return r;
}

static int decide_seal(struct call *c, struct err *e)
{
    struct kept_checkpoint last;
    bool is_sealed = false;
    struct arena *a = arena_new((size_t)512 << 20);
    next_look_us = agrees ? next_look_us : 0;
    int r = integrate(e);
    if (r == 0)
        r = find_seal(a, c->now_ms, &last, &is_sealed, e);
    if (r == 0 && !is_sealed)
        r = seal(a, &last, e);
    if (r == 0)
        say_state(c, &last, 0);
    arena_free(a);
    return r;
}

/* what the log is told of its house becomes an entry of SYS */
static int note_told(struct call *c, const char *type, struct err *e)
{
    struct done *out = c->out;
    struct buf body = buf_new(c->arena);
    record_to_json(&body, c->verb->in, c->in, RECORD_STATEMENT);
    buf_put(&body, "\n");
    int r = integrate(e);
    if (r == 0)
        r = allow(e);
    if (r == 0)
        r = log_tree_add(&tree, type, (struct bytes){(const uint8_t *)body.text, body.len}, e);
    tree.is_new |= r == 0;
    out->done = 1;
    return r;
}

static int decide_restore_tested(struct call *c, struct err *e) { return note_told(c, "log.restore_test", e); }
static int decide_exported(struct call *c, struct err *e) { return note_told(c, "log.export", e); }

static int decide_status(struct call *c, struct err *e)
{
    struct kept_checkpoint last;
    int64_t pending = 0;
    int r = store_checkpoint_last(ledger, c->arena, &last, e);
    if (r == 0)
        r = store_pending(ledger, c->arena, &pending, e);
    if (r == 0)
        say_state(c, &last, pending);
    return r;
}

static int decide_renew(struct call *c, struct err *e)
{
    const struct renewal_request *in = c->in;
    const struct renewing w = {ledger, &tree, maker, announce};
    struct arena *a = arena_new((size_t)512 << 20);
    struct renewal_done *out = c->out;
    next_look_us = agrees ? next_look_us : 0;
    int r = integrate(e);
    if (r == 0)
        r = allow(e);
    if (r == 0)
        r = strcmp(in->what, "hashes") == 0 ? renew_hashes(&w, a, out, e) : renew_time_stamps(&w, a, out, e);
    if (r == 0) {
        out->authority = out->authority != NULL ? arena_text(c->arena, out->authority) : NULL;
        out->root = out->root != NULL ? arena_text(c->arena, out->root) : NULL;
    }
    arena_free(a);
    return r;
}

const struct handler sequencer_renew_verb = {.decide = decide_renew};
const struct handler sequencer_restore_tested_verb = {.decide = decide_restore_tested};
const struct handler sequencer_exported_verb = {.decide = decide_exported};
const struct handler sequencer_seal_verb = {.decide = decide_seal};
const struct handler sequencer_status_verb = {.decide = decide_status};
