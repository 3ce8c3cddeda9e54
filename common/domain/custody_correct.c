#include "domain/custody_correct.h"

#include <inttypes.h>
#include <string.h>

#include "domain/custody_record.h"
#include "domain/dose.h"
#include "domain/fill_record.h"
#include "domain/given.h"
#include "domain/late.h"
#include "domain/pool.h"
#include "domain/sample.h"

#define SKEW_MS 5000                  /* R16: by so much may the terminal's clock be behind the lab's */

enum { NOT_BALANCED, EXPIRED, NOT_RECEIVED, KNOWN_THEN };   /* the words of words_dose_finding */

static bool is(const struct custody_said *s, const char *act) { return strcmp(s->act, act) == 0; }

bool custody_said_matters(const char *act)
{
    return standing_matters(act) || strcmp(act, "batch.fill_correct") == 0 || strncmp(act, "source.", 7) == 0;
}

static const struct custody_said *said_at(const struct custody_history *h, int64_t seq)
{
    for (size_t i = 0; i < h->batch_count; i++)
        if (h->batch[i].seq == seq)
            return &h->batch[i];
    return NULL;
}

/* the entry's record as corrections before made it, copied */
static int put_earlier(struct arena *a, const struct custody_history *h, const struct custody_said *entry, void **ret, struct err *e)
{
    size_t size = verb_find(entry->act)->in->size;
    int code = 0;
    *ret = arena_alloc(a, size);
    memcpy(*ret, entry->record, size);
    for (size_t i = 0; code == 0 && i < h->batch_count; i++)
        if (is(&h->batch[i], "custody.correct") && ((const struct custody_correct *)h->batch[i].record)->corrects == entry->seq)
            code = custody_record_stand(a, entry->act, *ret, h->batch[i].record, e);
    return code;
}

/* ---- a dose */

static int filled_now(struct arena *a, const struct custody_history *h, struct batch_fill *ret, struct err *e)
{
    bool found = false;
    int code = 0;
    for (size_t i = 0; code == 0 && i < h->batch_count; i++) {
        if (is(&h->batch[i], "batch.fill"))
            *ret = *(const struct batch_fill *)h->batch[i].record;
        else if (is(&h->batch[i], "batch.fill_correct") && found)
            code = fill_record_put(a, ret, h->batch[i].record, e);
        found |= is(&h->batch[i], "batch.fill");
    }
    return code != 0 || found ? code : err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "nothing was filled");
}

static bool names(const struct administer *given, const char *id)
{
    for (size_t i = 0; i < given->containers.count; i++)
        if (strcmp(LIST_AT(given->containers, const struct dose_container, i)->container_id, id) == 0)
            return true;
    return false;
}

/* by what was entered before entry ${seq}, and by ${until_ms} */
static void stood(struct arena *a, const struct custody_history *h, int64_t seq, int64_t until_ms, struct standing *ret)
{
    standing_begin(a, NULL, h->batch_count, ret);
    for (size_t i = 0; i < h->batch_count && h->batch[i].seq < seq && h->batch[i].time_ms <= until_ms; i++)
        if (strncmp(h->batch[i].act, "custody.", 8) == 0 || is(&h->batch[i], "batch.fill"))
            standing_take(ret, h->batch[i].seq, h->batch[i].act, h->batch[i].record);
}

/* it began before the clinic had what was given; when QA ended a hold of what was there is not asked */
static bool was_not_received(struct arena *a, const struct custody_history *h, const struct custody_said *entry, const struct administer *given)
{
    struct standing s;
    stood(a, h, entry->seq, INT64_MAX, &s);
    for (size_t i = 0; i < s.container_count; i++) {
        const struct custody_said *received = said_at(h, s.container[i].received_seq);
        if (received != NULL && names(given, s.container[i].id) && given->started_at < received->time_ms - SKEW_MS)
            return true;
    }
    return false;
}

/* an excursion had reached it, which was known and not decided on when it began */
static bool was_outside(const struct custody_history *h, const struct administer *given)
{
    for (size_t i = 0; i < given->containers.count; i++) {
        const char *id = LIST_AT(given->containers, const struct dose_container, i)->container_id;
        struct err why;
        if (given_stood(id, TIME_ABSENT, h->excursion, h->excursion_count, given->started_at, &why) != 0)
            return true;
    }
    return false;
}

/* what arrived on hold, and QA had not decided on when it began */
static bool was_held_then(struct arena *a, const struct custody_history *h, const struct custody_said *entry, const struct administer *given)
{
    struct standing s;
    stood(a, h, entry->seq, given->started_at, &s);
    for (size_t i = 0; i < s.container_count; i++)
        if (s.container[i].held && names(given, s.container[i].id))
            return true;
    return false;
}

/* By the entry's own time: what was entered of the batch before it, and of the donor by then. For whom the donor is not eligible is not
 * asked: the urgent need of a recipient is no part of either stream's order. */
static bool was_known_then(struct arena *a, const struct custody_history *h, const struct custody_said *entry, const struct administer *given)
{
    struct given g;
    given_begin(a, h->specification, h->batch_count, given->started_at, false, &g);
    for (size_t i = 0; i < h->batch_count && h->batch[i].seq < entry->seq; i++)
        given_take(&g, h->batch[i].seq, h->batch[i].time_ms, h->batch[i].act, h->batch[i].record);
    for (size_t i = 0; i < h->donor_count && h->donor[i].time_ms <= entry->time_ms; i++)
        given_take_donor(&g, h->donor[i].seq, h->donor[i].time_ms, h->donor[i].act, h->donor[i].record);
    for (size_t i = 0; i < h->collection_count && h->collection[i].time_ms <= entry->time_ms; i++)
        given_take_collection(&g, h->collection[i].seq, h->collection[i].time_ms, h->collection[i].act, h->collection[i].record);
    return given_barred_then(&g);
}

static void find(struct arena *a, const struct custody_history *h, const struct custody_said *entry, const struct administer *given,
                 const struct batch_fill *fill, bool balances, struct list *ret)
{
    const bool found[] = {
        [NOT_BALANCED] = !balances, [EXPIRED] = fill->expires_at <= given->started_at,
        [NOT_RECEIVED] = was_not_received(a, h, entry, given),
        [KNOWN_THEN] = was_known_then(a, h, entry, given) || was_held_then(a, h, entry, given) || was_outside(h, given),
    };
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i])
            texts_add(a, ret, words_dose_finding.words[i]);
}

static int course_check(const struct custody_said *entry, const struct administer *given, struct err *e)
{
    char recorded[CLOCK_TEXT];
    clock_to_text(entry->time_ms, recorded);
    if (given->started_at > given->ended_at)
        return err_raise(e, ERR_TIME_REFUSED, "new_value", "R15", "then it ends before it starts");
    if (given->ended_at > entry->time_ms + SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "new_value", "R15", "it was recorded at %s already", recorded);
    return 0;
}

/* what was in the containers when entry ${seq} was made: as filled or pooled, less what samples had taken */
static struct dose_filled *left_before(struct arena *a, const struct custody_history *h, int64_t seq, const struct batch_fill *fill, size_t *ret_count)
{
    size_t n = fill->containers.count;
    struct dose_filled *ret = ARENA_ARRAY(a, struct dose_filled, n + h->batch_count + 1);
    for (size_t i = 0; i < n; i++) {
        const struct fill_container *k = LIST_AT(fill->containers, const struct fill_container, i);
        ret[i] = (struct dose_filled){k->container_id, k->volume_ml, k->cells};
    }
    for (size_t i = 0; i < h->batch_count && h->batch[i].seq < seq; i++) {
        const struct sample_take *taken = is(&h->batch[i], "custody.sample_take") ? h->batch[i].record : NULL;
        if (taken != NULL && taken->container_id != NULL)
            sample_leave(a, taken, ret, n);
        if (is(&h->batch[i], "custody.pool"))
            pool_leave(a, h->batch[i].record, ret, &n);
    }
    *ret_count = n;
    return ret;
}

static int correct_dose(struct arena *a, const struct custody_history *h, const struct custody_said *entry, struct administer *given,
                        struct custody_correct *in, struct err *e)
{
    struct batch_fill fill;
    size_t left_count;
    bool balances;
    int code = course_check(entry, given, e);
    code = code != 0 ? code : filled_now(a, h, &fill, e);
    if (code != 0)
        return code;
    const struct dose_filled *left = left_before(a, h, entry->seq, &fill, &left_count);
    code = dose_compute(a, left, left_count, given, &balances, e);
    if (code != 0)
        return code;
    in->dose_cells = given->dose_cells;
    in->dose_cells_per_kg = given->dose_cells_per_kg;
    in->late_min = late_entry(LATE_ENTRY_MIN, given->ended_at, entry->at_ms);
    find(a, h, entry, given, &fill, balances, &in->findings);
    return 0;
}

/* ---- a return, and what QA decided on it */

static bool overlap(const struct list *x, const struct list *y)
{
    for (size_t i = 0; i < x->count; i++)
        for (size_t k = 0; k < y->count; k++)
            if (strcmp(TEXTS_AT(*x, i), TEXTS_AT(*y, k)) == 0)
                return true;
    return false;
}

static const struct container_decide *decision(const struct custody_said *s)
{
    return is(s, "custody.container_decide") ? s->record : NULL;
}

/* a later decision signed that of entry ${seq} anew */
static bool is_renewed(const struct custody_history *h, int64_t seq)
{
    for (size_t i = 0; i < h->batch_count; i++)
        if (decision(&h->batch[i]) != NULL && decision(&h->batch[i])->renews == seq)
            return true;
    return false;
}

static void lapse_decisions(struct arena *a, const struct custody_history *h, int64_t corrects, const struct list *containers, struct list *ret)
{
    for (size_t i = 0; i < h->batch_count; i++) {
        const struct custody_said *s = &h->batch[i];
        if (s->seq > corrects && decision(s) != NULL && overlap(&decision(s)->containers, containers) && !is_renewed(h, s->seq))
            *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, ret) = (struct lapsed_act){s->seq, s->act, s->seq};
    }
}

static int correct_return(struct arena *a, const struct custody_history *h, const struct custody_said *entry, void *record,
                          struct custody_correct *in, struct err *e)
{
    bool gives = is(entry, "custody.return_give");
    (void)e;
    lapse_decisions(a, h, entry->seq, gives ? &((const struct return_give *)record)->containers
                                            : &((const struct return_receive *)record)->containers, &in->lapsed);
    return 0;
}

int custody_correct_fill(struct arena *a, const struct custody_history *h, struct custody_correct *in, struct err *e)
{
    const struct custody_said *entry = said_at(h, in->corrects);
    void *record;
    if (entry == NULL || entry->record == NULL)
        return err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "the batch has no entry %" PRId64 " that is corrected here", in->corrects);
    int code = put_earlier(a, h, entry, &record, e);
    code = code != 0 ? code : custody_record_put(a, entry->act, record, in, e);
    if (code != 0)
        return code;
    in->act = entry->act;
    if (is(entry, "custody.administer"))
        return correct_dose(a, h, entry, record, in, e);
    return is(entry, "custody.return_give") || is(entry, "custody.return_receive") ? correct_return(a, h, entry, record, in, e) : 0;
}

const char *custody_decision_corrector(const struct custody_history *h, int64_t seq)
{
    const char *last = NULL;
    for (size_t i = 0; i < h->batch_count; i++) {
        const struct custody_correct *in = is(&h->batch[i], "custody.correct") ? h->batch[i].record : NULL;
        for (size_t k = 0; in != NULL && k < in->lapsed.count; k++)
            if (LIST_AT(in->lapsed, const struct lapsed_act, k)->entry == seq)
                last = h->batch[i].actor;
    }
    return last;
}

static bool is_same_set(const struct list *x, const struct list *y)
{
    for (size_t i = 0; i < x->count; i++)
        if (!overlap(&(struct list){(const char **)x->items + i, 1}, y))
            return false;
    return x->count == y->count;
}

/* Of several that lapsed each is signed anew by its own containers, the newest first. */
int custody_decision_lapsed(const struct custody_history *h, const struct list *containers, int64_t *ret_seq, struct err *e)
{
    int64_t other = -1;
    *ret_seq = -1;
    for (size_t i = 0; i < h->batch_count; i++) {
        const struct custody_said *s = &h->batch[i];
        if (decision(s) == NULL || is_renewed(h, s->seq) || custody_decision_corrector(h, s->seq) == NULL ||
            !overlap(&decision(s)->containers, containers))
            continue;
        *(is_same_set(&decision(s)->containers, containers) ? ret_seq : &other) = s->seq;
    }
    if (*ret_seq < 0 && other >= 0)
        return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R14", "the decision of entry %" PRId64 " stands as unsigned: it is"
                         " decided anew on all its containers and no others", other);
    return 0;
}
