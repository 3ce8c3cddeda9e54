#include "dossier/lookback.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract.h"
#include "domain/dated.h"
#include "domain/lookback.h"

#define SKEW_MS 5000        /* R16: what was recorded in another stream just before, the lab may not have known */

struct looking {
    const struct recompute_case *c;
    struct looked_back *row;
    size_t count, room;
};

static bool is(const struct dossier_entry *entry, const char *type)
{
    return strcmp(entry->statement.type, type) == 0;
}

static void add(struct looking *l, const struct looked_back *one)
{
    if (l->count == l->room) {
        struct looked_back *all = ARENA_ARRAY(l->c->a, struct looked_back, 2 * l->room + 8);
        for (size_t i = 0; i < l->count; i++)
            all[i] = l->row[i];
        l->row = all;
        l->room = 2 * l->room + 8;
    }
    l->row[l->count++] = *one;
}

/* a use of a piece of equipment, beside every calibration of it that failed */
static int used(struct looking *l, const char *equipment, const char *use, int64_t from_ms, int64_t until_ms, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(l->c->d, equipment);
    int rc = 0;
    for (size_t i = 0; rc == 0 && s != NULL && i < s->count; i++) {
        struct equipment_calibrate failed;
        if (!is(&s->entry[i], "batch.equipment_calibrate"))
            continue;
        rc = recompute_read(l->c, &s->entry[i], &failed, e);
        if (rc == 0 && lookback_reaches(&failed, from_ms, until_ms))
            add(l, &(struct looked_back){lookback_name(l->c->a, equipment, s->entry[i].entry.seq), use, s->entry[i].entry.time_ms,
                                         failed.good_at, failed.calibrated_at});
    }
    return rc;
}

static int find_steps(struct looking *l, struct err *e)
{
    struct procedure *doc;
    struct batch_step *steps;
    size_t n;
    int rc = recompute_steps(l->c, &doc, &steps, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        for (size_t k = 0; rc == 0 && k < steps[i].equipment.count; k++)
            rc = used(l, LIST_AT(steps[i].equipment, const struct step_equipment, k)->equipment_id,
                      arena_printf(l->c->a, "step %" PRId64, steps[i].step), steps[i].started_at, steps[i].ended_at, e);
    return rc;
}

static bool is_before(const struct recompute_case *c, size_t i)
{
    return i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq;
}

static int is_void(const struct recompute_case *c, int64_t seq, bool *ret, struct err *e)
{
    struct batch_void in;
    int rc = 0;
    *ret = false;
    for (size_t i = 0; rc == 0 && !*ret && is_before(c, i); i++)
        if (is(&c->s->entry[i], "batch.void") && (rc = recompute_read(c, &c->s->entry[i], &in, e)) == 0)
            *ret = in.corrects == seq;
    return rc;
}

static int find_reading(struct looking *l, const struct dossier_entry *entry, struct err *e)
{
    struct batch_reading in;
    bool gone;
    int rc = recompute_read(l->c, entry, &in, e);
    rc = rc != 0 ? rc : is_void(l->c, entry->entry.seq, &gone, e);
    return rc != 0 || gone ? rc : used(l, in.equipment_id, arena_printf(l->c->a, "reading %" PRId64, entry->entry.seq), in.read_at, in.read_at, e);
}

static int find_shipment(struct looking *l, const struct dossier_entry *entry, struct err *e)
{
    struct ship_pack in;
    int rc = recompute_read(l->c, entry, &in, e);
    return rc != 0 ? rc : used(l, in.logger_id, arena_printf(l->c->a, "shipment %s", in.transfer_id), entry->entry.time_ms, entry->entry.time_ms, e);
}

/* a batch's calibrations are few: most dossiers have none that failed, and nothing of the batch is read for it then */
static int any_failed(const struct recompute_case *c, bool *ret, struct err *e)
{
    int rc = 0;
    *ret = false;
    for (size_t k = 0; rc == 0 && k < c->d->stream_count; k++)
        for (size_t i = 0; rc == 0 && i < c->d->stream[k].count; i++) {
            struct equipment_calibrate in;
            if (is(&c->d->stream[k].entry[i], "batch.equipment_calibrate") && (rc = recompute_read(c, &c->d->stream[k].entry[i], &in, e)) == 0)
                *ret |= lookback_fails(&in);
        }
    return rc;
}

int lookback_find(const struct recompute_case *c, struct looked_back **ret, size_t *ret_count, struct err *e)
{
    struct looking l = {.c = c};
    bool any;
    int rc = any_failed(c, &any, e);
    rc = rc != 0 || !any ? rc : find_steps(&l, e);
    for (size_t i = 0; rc == 0 && any && is_before(c, i); i++)
        if (is(&c->s->entry[i], "batch.reading"))
            rc = find_reading(&l, &c->s->entry[i], e);
        else if (is(&c->s->entry[i], "custody.ship_pack"))
            rc = find_shipment(&l, &c->s->entry[i], e);
    *ret = l.row;
    *ret_count = l.count;
    return rc;
}

int lookback_deviation(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct deviation_open *opened = in;
    struct looked_back *row;
    size_t n = 0;
    bool reached = false;
    if (opened->calibration == NULL)
        return 0;
    int rc = lookback_find(c, &row, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        reached |= strcmp(row[i].calibration, opened->calibration) == 0;
    rc = rc != 0 ? rc : lookback_answer_check(opened, reached, e);
    return rc <= 0 ? rc : err_raise(e, ERR_DOSSIER_REFUSED, "calibration", "11", "%s", arena_text(c->a, e->text));
}

/* Versions that looked back at nothing said of no good one: they are believed so long as such versions may be in use. */
static bool may_say_none(const struct recompute_case *c, const struct equipment_calibrate *in)
{
    return !lookback_fails(in) || !c->s->whole || !dated_asks(DATED_LOOKBACK, c->entry->statement.at_ms);
}

/* the newest that did not fail before this one; ${ret_known}: one of them is as old as this one says */
static int last_good(const struct recompute_case *c, const struct equipment_calibrate *failed, int64_t *ret_ms, bool *ret_known, struct err *e)
{
    int rc = 0;
    *ret_ms = TIME_ABSENT;
    *ret_known = !c->s->whole;           /* the good one may be among those left out */
    for (size_t i = 0; rc == 0 && is_before(c, i); i++) {
        struct equipment_calibrate k;
        if (!is(&c->s->entry[i], "batch.equipment_calibrate") || (rc = recompute_read(c, &c->s->entry[i], &k, e)) != 0 || lookback_fails(&k) ||
            k.calibrated_at > failed->calibrated_at)
            continue;
        *ret_known |= k.calibrated_at == failed->good_at;
        *ret_ms = k.calibrated_at > *ret_ms ? k.calibrated_at : *ret_ms;
    }
    return rc;
}

int lookback_calibration(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct equipment_calibrate *failed = in;
    int64_t last_ms;
    bool known;
    if (failed->good_at == TIME_ABSENT && may_say_none(c, failed))
        return 0;
    int rc = last_good(c, failed, &last_ms, &known, e);
    bool as_it_was = failed->good_at == TIME_ABSENT ? last_ms == TIME_ABSENT
                                                    : lookback_fails(failed) && known && last_ms <= failed->good_at &&
                                                          failed->good_at <= failed->calibrated_at;
    if (rc == 0 && !as_it_was)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "good_at", "11", "the last good calibration before was another");
    return rc;
}

static int is_answered(const struct recompute_case *c, const char *calibration, bool *ret, struct err *e)
{
    struct deviation_open in;
    int rc = 0;
    *ret = false;
    for (size_t i = 0; rc == 0 && !*ret && is_before(c, i); i++)
        if (is(&c->s->entry[i], "quality.deviation_open") && (rc = recompute_read(c, &c->s->entry[i], &in, e)) == 0)
            *ret = in.calibration != NULL && strcmp(in.calibration, calibration) == 0;
    return rc;
}

static int all_answered(const struct recompute_case *c, struct err *e)
{
    struct looked_back *row;
    size_t n = 0;
    bool answered;
    int rc = lookback_find(c, &row, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (row[i].recorded_ms > c->entry->entry.time_ms - SKEW_MS)
            continue;
        rc = is_answered(c, row[i].calibration, &answered, e);
        if (rc == 0 && !answered)
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released or certified, but no deviation answers the failed calibration %s (%s)",
                           row[i].calibration, row[i].use);
    }
    return rc;
}

int lookback_release(const struct recompute_case *c, const void *in, struct err *e)
{
    int rc = recompute_gate(c, in, e);
    return rc != 0 ? rc : all_answered(c, e);
}

int lookback_certify(const struct recompute_case *c, void *in, struct err *e)
{
    int rc = recompute_certify(c, in, e);
    return rc != 0 ? rc : all_answered(c, e);
}
