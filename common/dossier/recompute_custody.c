/* Rule 11 of containers: each stood where a statement may be, the dose comes out of the fill again, a recall says where each is, a return has
 * its digest. */
#include <string.h>

#include "contract/contract.h"
#include "domain/correction.h"
#include "domain/custody.h"
#include "domain/dose.h"
#include "domain/excursion.h"
#include "domain/given.h"
#include "domain/late.h"
#include "domain/recall.h"
#include "domain/source_record.h"
#include "domain/standing.h"
#include "dossier/reach.h"
#include "dossier/recompute.h"
#include "dossier/recompute_sample.h"
#include "fsm/machines.h"

#define RECEIVED_SKEW_MS 5000         /* R16: by so much may the terminal's clock be behind the lab's */

static int refuse(struct err *e, const char *field, const char *text)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", text);
}

int recompute_stood(const struct recompute_case *c, int64_t before_seq, struct standing *ret, struct err *e)
{
    int rc = 0;
    standing_begin(c->a, NULL, c->s->count, ret);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < before_seq; i++) {
        const char *type = c->s->entry[i].statement.type;
        const struct verb_row *verb = verb_find(type);
        if (verb == NULL || (strncmp(type, "custody.", 8) != 0 && strcmp(type, "batch.fill") != 0))
            continue;
        void *record = record_new(c->a, verb->in);
        rc = recompute_read(c, &c->s->entry[i], record, e);
        if (rc == 0)
            standing_take(ret, c->s->entry[i].entry.seq, type, record);
    }
    return rc;
}

int recompute_stood_may(const struct recompute_case *c, const struct standing *s, const char *id, const char *event, struct err *e)
{
    static const struct list none = {NULL, 0};
    for (size_t k = 0; k < s->container_count; k++) {
        const struct standing_container *it = &s->container[k];
        if (strcmp(it->id, id) != 0)
            continue;
        const struct fsm_rule *rule = fsm_find(&fsm_container, fsm_state(&fsm_container, it->state), event);
        if (rule == NULL)
            return err_raise(e, ERR_DOSSIER_REFUSED, "containers", "11", "%.40s was %s by then: no %s of it", id, it->state, event);
        bool forbidden = (rule->forbids & FACT_HELD) != 0, needed = (rule->needs & FACT_AWAITS_QA) != 0, held = needed;
        int rc = forbidden || needed ? recompute_held(c, id, forbidden ? RECEIVED_SKEW_MS : 0, &none, &held, e) : 0;
        if (rc == 0 && (held ? forbidden : needed))
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "containers", "11", "%.40s was %s hold by then: no %s of it", id, held ? "on" : "on no",
                           event);
        return rc;
    }
    return err_raise(e, ERR_DOSSIER_REFUSED, "containers", "11", "%.40s was not filled by then", id);
}

int recompute_may(const struct recompute_case *c, const struct list *containers, const char *event, struct err *e)
{
    struct standing s;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < containers->count; i++)
        rc = recompute_stood_may(c, &s, TEXTS_AT(*containers, i), event, e);
    return rc;
}

int recompute_arrives(const struct recompute_case *c, const struct list *containers, const char *event, struct err *e)
{
    struct standing s;
    bool arrives = false;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < containers->count; i++) {
        rc = recompute_stood_may(c, &s, TEXTS_AT(*containers, i), event, e);
        for (size_t k = 0; k < s.container_count; k++)
            arrives |= strcmp(s.container[k].id, TEXTS_AT(*containers, i)) == 0 &&
                       strcmp(s.container[k].state, fsm_container.states[FSM_CONTAINER_LOST].name) != 0;
    }
    return rc != 0 || arrives ? rc : refuse(e, "containers", "every container of the transfer was lost by then, and nothing of it arrived");
}

/* it has neither ended nor come back: an excursion of it is QA's to decide on */
static bool is_open(const struct standing *s, const char *id)
{
    for (size_t i = 0; i < s->container_count; i++) {
        int at = fsm_state(&fsm_container, s->container[i].state);
        if (strcmp(s->container[i].id, id) == 0)
            return at == FSM_CONTAINER_KEPT || at == FSM_CONTAINER_PACKED || at == FSM_CONTAINER_GIVEN || at == FSM_CONTAINER_RECEIVED;
    }
    return false;
}

int recompute_none_held(const struct recompute_case *c, struct err *e)
{
    struct standing s;
    struct reached *row;
    size_t n;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    rc = rc != 0 ? rc : reach_find(c->a, c->d, c->s, &row, &n, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (row[i].recorded_ms <= c->entry->entry.time_ms - RECEIVED_SKEW_MS && is_open(&s, row[i].container) &&
            (row[i].decided_seq < 0 || row[i].decided_seq > c->entry->entry.seq))
            rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released or certified, but %.40s was on hold by %.60s", row[i].container,
                           row[i].cause);
    return rc;
}

static bool named(const struct list *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (strcmp(TEXTS_AT(*ids, i), id) == 0)
            return true;
    return false;
}

static struct list given_ids(const struct recompute_case *c, const struct administer *in)
{
    struct list ids = {NULL, 0};
    for (size_t i = 0; i < in->containers.count; i++)
        texts_add(c->a, &ids, LIST_AT(in->containers, const struct dose_container, i)->container_id);
    return ids;
}

/* what held a container when it was recorded was known only after it was given, all of it */
static int held_later(const struct recompute_case *c, const struct administer *in, const char *id, struct err *e)
{
    struct list later = {NULL, 0};
    bool held;
    for (size_t i = 0; i < in->known_later.count; i++) {
        const struct known_later *k = LIST_AT(in->known_later, const struct known_later, i);
        if (k->unit_id != NULL)
            texts_add(c->a, &later, excursion_cause(c->a, k->unit_id, k->entry));
    }
    int rc = recompute_held(c, id, RECEIVED_SKEW_MS, &later, &held, e);
    return rc == 0 && held ? err_raise(e, ERR_DOSSIER_REFUSED, "containers", "11", "%.40s was on hold by then, as was known", id) : rc;
}

/* the clinic had it when it was given, and it was on no hold that was known */
static int stood_then(const struct recompute_case *c, const struct administer *in, const struct standing_container *k, struct err *e)
{
    struct given_hold *hold;
    struct err why;
    size_t n;
    int64_t received_ms = TIME_ABSENT;
    for (size_t i = 0; i < c->s->count; i++)
        if (c->s->entry[i].entry.seq == k->received_seq)
            received_ms = c->s->entry[i].entry.time_ms;
    int rc = recompute_ended(c, k->id, &hold, &n, e);
    if (rc == 0 && given_stood(k->id, received_ms, hold, n, in->started_at, &why) != 0)
        rc = refuse(e, "started_at", why.text);
    return rc;
}

static int was_received(const struct recompute_case *c, const struct administer *in, struct err *e)
{
    struct list ids = given_ids(c, in);
    bool is_held = given_is_held(&in->known_later);
    struct standing s;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    for (size_t i = 0; rc == 0 && i < ids.count; i++) {
        rc = recompute_stood_may(c, &s, TEXTS_AT(ids, i), is_held ? "custody.given_before" : "custody.administer", e);
        rc = rc != 0 || !is_held ? rc : held_later(c, in, TEXTS_AT(ids, i), e);
    }
    for (size_t i = 0; rc == 0 && i < s.container_count; i++)
        if (named(&ids, s.container[i].id))
            rc = stood_then(c, in, &s.container[i], e);
    return rc;
}

/* a correction in stream ${s} that the last release before the statement did not know of */
static int is_unknown(const struct recompute_case *c, const struct dossier_stream *s, int64_t seq, bool *ret, struct err *e)
{
    struct batch_release *release = record_new(c->a, &record_batch_release);
    int rc = 0;
    *ret = false;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        if (strcmp(c->s->entry[i].statement.type, "release.release") == 0) {
            rc = recompute_read(c, &c->s->entry[i], release, e);
            *ret = rc == 0 && correction_reaches(release, s->id[0], seq);
        }
    return rc;
}

/* ${entry}, in the stream ${s} of the donor or the collection, is what ${k} says that was known only later */
static int is_bar(const struct recompute_case *c, const struct dossier_stream *s, const struct dossier_entry *entry,
                  const struct known_later *k, bool *ret, struct err *e)
{
    const char *type = entry->statement.type;
    *ret = false;
    if (entry->entry.seq != k->entry || entry->entry.time_ms != k->known_at)
        return 0;
    if (strcmp(k->what, words_known_what.words[3]) == 0)
        return source_record_is_correction(type) ? is_unknown(c, s, k->entry, ret, e) : 0;
    *ret = k->stream_id == NULL &&
           (strcmp(k->what, words_known_what.words[1]) == 0 ? strcmp(type, "source.consent_withdraw") == 0 : given_is_evidence(type));
    return 0;
}

/* what was recorded of the donor came after it was given; which of it the service knew by then is its word, for the two streams have no
 * common clock */
static int donor_later(const struct recompute_case *c, const struct administer *in, const struct batch_open *open, struct list *ret,
                       struct err *e)
{
    const struct administer *recorded = c->memory->recorded;
    int rc = 0;
    for (size_t i = 0; rc == 0 && recorded != NULL && i < recorded->known_later.count; i++) {
        const struct known_later *k = LIST_AT(recorded->known_later, const struct known_later, i);
        bool is_collections = k->stream_id != NULL && open->collection_id != NULL && strcmp(k->stream_id, open->collection_id) == 0;
        const struct dossier_stream *s = dossier_stream(c->d, is_collections ? open->collection_id : open->donor_id);
        bool found = false;
        if (strcmp(k->what, words_known_what.words[0]) == 0 || k->unit_id != NULL)
            continue;
        for (size_t n = 0; rc == 0 && s != NULL && n < s->count && !found && k->known_at > in->started_at; n++)
            rc = is_bar(c, s, &s->entry[n], k, &found, e);
        if (rc == 0 && (!found || (k->stream_id != NULL && strcmp(k->stream_id, s->id) != 0)))
            rc = refuse(e, "known_later", "it says of the donor what was not known only later");
        *(struct known_later *)record_list_add(c->a, &record_known_later, ret) =
            (struct known_later){.what = k->what, .entry = k->entry, .known_at = k->known_at, .stream_id = k->stream_id};
    }
    return rc;
}

static bool says_excursion(const struct administer *recorded, const struct reached *x)
{
    for (size_t i = 0; recorded != NULL && i < recorded->known_later.count; i++) {
        const struct known_later *k = LIST_AT(recorded->known_later, const struct known_later, i);
        if (k->unit_id != NULL && strcmp(k->unit_id, x->unit) == 0 && k->entry == x->seq)
            return true;
    }
    return false;
}

/* the excursions that held what was given when that was recorded, and were known only after it; of the seconds before, those that it says */
static int excursions_later(const struct recompute_case *c, const struct administer *in, struct list *ret, struct err *e)
{
    struct list ids = given_ids(c, in);
    struct reached *row;
    size_t n, found = 0;
    int rc = reach_find(c->a, c->d, c->s, &row, &n, e);
    struct given_excursion *x = ARENA_ARRAY(c->a, struct given_excursion, (rc == 0 ? n : 0) + 1);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        bool is_open = row[i].decided_seq < 0 || row[i].decided_seq > c->entry->entry.seq;
        bool is_told = row[i].recorded_ms <= c->entry->entry.time_ms - RECEIVED_SKEW_MS || says_excursion(c->memory->recorded, &row[i]);
        if (is_open && is_told && row[i].recorded_ms > in->started_at && named(&ids, row[i].container))
            x[found++] = (struct given_excursion){row[i].unit, row[i].seq, row[i].recorded_ms};
    }
    if (rc == 0)
        given_excursions(c->a, x, found, in->started_at, ret);
    return rc;
}

int recompute_given(const struct recompute_case *c, const struct batch_open *open, int64_t at_ms, struct given *ret, struct err *e)
{
    struct specification *specification;
    int rc = recompute_specification(c, open, &specification, e);
    if (rc != 0)
        return rc;
    given_begin(c->a, specification, c->s->count, at_ms, false, ret);
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        const struct dossier_entry *entry = &c->s->entry[i];
        const char *type = entry->statement.type;
        void *record = standing_matters(type) ? record_new(c->a, verb_find(type)->in) : NULL;
        rc = record == NULL ? 0 : recompute_read(c, entry, record, e);
        if (rc == 0)
            given_take(ret, entry->entry.seq, entry->entry.time_ms, entry->statement.type, record);
    }
    return rc;
}

/* given as the batch stood then, and what became known of it only later is said */
static int known_later(const struct recompute_case *c, const struct batch_open *open, struct administer *in, struct err *e)
{
    struct given g;
    int rc = recompute_given(c, open, in->started_at, &g, e);
    if (rc == 0 && !given_later(&g, &in->known_later) &&
        fsm_find(&fsm_batch, fsm_state(&fsm_batch, g.standing.state), "custody.given_before") != NULL)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "started_at", "11", "it was administered when the batch was known to be %s", g.standing.state);
    rc = rc != 0 ? rc : donor_later(c, in, open, &in->known_later, e);
    return rc != 0 ? rc : excursions_later(c, in, &in->known_later, e);
}

/* released and not rejected since, and the cells still lasted when it began */
static int was_usable(const struct recompute_case *c, const struct administer *in, struct err *e)
{
    struct batch_fill fill;
    const struct dossier_entry *filled;
    bool is_released = false, is_rejected = false;
    for (size_t i = 0; i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++) {
        is_released |= strcmp(c->s->entry[i].statement.type, "release.release") == 0;
        is_rejected |= strcmp(c->s->entry[i].statement.type, "release.reject") == 0;
    }
    if (in->known_later.count > 0 && in->reason == NULL)
        return refuse(e, "reason", "it was recorded when it might not be given any more, and does not say why");
    is_rejected = is_rejected && in->known_later.count == 0;
    if (!is_released || is_rejected)
        return refuse(e, "batch_id", is_rejected ? "it was administered, but the batch is rejected" : "it was administered before a release");
    int rc = recompute_fill(c, &fill, &filled, e);
    if (rc == 0 && filled != NULL && fill.expires_at <= in->started_at)
        rc = refuse(e, "started_at", "it was administered when it had expired");
    return rc;
}

int recompute_administer(const struct recompute_case *c, void *in, struct err *e)
{
    struct administer *given = in;
    struct dose_filled *from;
    struct batch_open open;
    size_t n;
    int rc = recompute_open(c, &open, e);
    if (rc == 0 && open.recipient_code != NULL && strcmp(open.recipient_code, given->recipient_code) != 0)
        rc = refuse(e, "recipient_code", "it was given to another recipient than the batch's");
    if (rc == 0)
        rc = recompute_left(c, &from, &n, e);
    if (rc == 0)
        rc = dose_fill(c->a, from, n, given, e);
    if (rc != 0)
        return rc;
    given->late_min = late_entry(LATE_ENTRY_MIN, given->ended_at, c->entry->statement.at_ms);
    rc = known_later(c, &open, given, e);
    if (rc != 0)
        return rc;
    if (c->memory->recorded == NULL)
        return 0;
    rc = was_usable(c, given, e);
    rc = rc != 0 ? rc : recompute_except_given(c, given, e);
    return rc != 0 ? rc : was_received(c, given, e);
}

static void fill_recall(const struct recompute_case *c, const struct standing *s, bool as_recorded, struct recall *in)
{
    struct recall_fact *facts = ARENA_ARRAY(c->a, struct recall_fact, s->container_count + 1);
    for (size_t i = 0; i < s->container_count; i++) {
        const struct standing_container *k = &s->container[i];
        facts[i] = (struct recall_fact){k->id, k->state, as_recorded ? k->destination_was : k->destination, k->receiver, k->recipient, k->placed};
    }
    recall_fill(c->a, facts, s->container_count, c->entry->statement.at_ms, in);
}

static bool same_consignees(const struct recall *x, const struct recall *y)
{
    for (size_t i = 0; i < x->containers.count && i < y->containers.count; i++) {
        const char *a = LIST_AT(x->containers, struct recall_container, i)->consignee, *b = LIST_AT(y->containers, struct recall_container, i)->consignee;
        if (a != NULL && b != NULL && strcmp(a, b) != 0)
            return false;
    }
    return true;
}

/* Versions that did not look at corrections named where the containers were said to go first. */
int recompute_recall(const struct recompute_case *c, void *in, struct err *e)
{
    struct standing s;
    int rc = recompute_stood(c, c->entry->entry.seq, &s, e);
    if (rc != 0)
        return rc;
    fill_recall(c, &s, false, in);
    if (c->memory->recorded != NULL && !same_consignees(in, c->memory->recorded))
        fill_recall(c, &s, true, in);
    return 0;
}

static const char *digest(const struct recompute_case *c, const char *transfer, const char *seal, const struct list *containers)
{
    struct custody_transfer t = {c->s->id, transfer, seal, containers->items, containers->count};
    return custody_digest(c->a, &t);
}

int recompute_return_give(const struct recompute_case *c, void *in, struct err *e)
{
    struct return_give *half = in;
    half->transfer_sha256 = digest(c, half->transfer_id, half->seal_number, &half->containers);
    return recompute_may(c, &half->containers, "custody.return_give", e);
}

int recompute_return_receive(const struct recompute_case *c, void *in, struct err *e)
{
    struct return_receive *half = in;
    half->transfer_sha256 = digest(c, half->transfer_id, half->seal_number, &half->containers);
    return recompute_arrives(c, &half->containers, "custody.return_receive", e);
}
