/* Rule 11 at a release: the donor was eligible, or what an exception takes stood in the donor's stream by then (R31). An
 * entry of a version that did not say what was known of the donor is judged by the determination alone. */
#include <string.h>

#include "contract/contract.h"
#include "domain/collection_record.h"
#include "domain/donor.h"
#include "domain/given.h"
#include "dossier/recompute.h"

#define SAME_MINUTE_MS INT64_C(60000)

/* What the donor's stream says before the release. */
struct donor_case {
    const struct recompute_case *c;
    const struct dossier_stream *s;
    const char *recipient;
    int64_t need_seq;                 /* of the last need of the recipient, -1: none */
    bool is_noticed;
};

static int read_need(struct donor_case *d, const struct dossier_entry *entry, struct err *e)
{
    struct urgent_need need;
    int rc = recompute_read(d->c, entry, &need, e);
    if (rc == 0 && d->recipient != NULL && strcmp(need.recipient_code, d->recipient) == 0) {
        d->need_seq = entry->entry.seq;
        d->is_noticed = false;
    }
    return rc;
}

static int read_notice(struct donor_case *d, const struct dossier_entry *entry, struct err *e)
{
    struct physician_notice notice;
    int rc = recompute_read(d->c, entry, &notice, e);
    if (rc == 0)
        d->is_noticed |= notice.need_seq == d->need_seq && strcmp(notice.stage, "before_use") == 0;
    return rc;
}

static int exception_stands(struct donor_case *d, const char *determination, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < d->s->count && d->s->entry[i].entry.time_ms <= d->c->entry->entry.time_ms; i++) {
        const char *type = d->s->entry[i].statement.type;
        if (strcmp(type, "source.urgent_need") == 0)
            rc = read_need(d, &d->s->entry[i], e);
        else if (strcmp(type, "source.physician_notice") == 0)
            rc = read_notice(d, &d->s->entry[i], e);
    }
    if (rc == 0 && (d->need_seq < 0 || !d->is_noticed))
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but the donor is %s without an urgent need that the"
                       " physician acknowledged", determination);
    return rc;
}

/* What the release rested on: the last evidence there was when it was committed, and that is the determination (R08). The two
 * services have no common clock, so that what came in the same minute may have been seen or not. */
static int determination_current(const struct donor_case *d, int64_t evidence_seq, const struct dossier_entry **ret, struct err *e)
{
    *ret = NULL;
    for (size_t i = 0; d->s != NULL && i < d->s->count; i++) {
        const struct dossier_entry *entry = &d->s->entry[i];
        if (!given_is_evidence(entry->statement.type))
            continue;
        if (entry->entry.seq == evidence_seq)
            *ret = entry;
        if (entry->entry.seq > evidence_seq && entry->entry.time_ms < d->c->entry->entry.time_ms - SAME_MINUTE_MS)
            return err_raise(e, ERR_DOSSIER_REFUSED, "evidence_seq", "11", "released without what entry %lld says of the donor",
                             (long long)entry->entry.seq);
    }
    if (*ret == NULL || strcmp((*ret)->statement.type, "source.eligibility_determine") != 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but " DONOR_OVERTAKEN);
    return 0;
}

/* The determination is of the recovery that the batch is made of (1271.80(b), T26). */
static int recovery_fits(const struct donor_case *d, const char *collection_id, int64_t known, const struct dossier_entry *last, struct err *e)
{
    struct eligibility_determine determined;
    struct source_entry *entries;
    size_t n;
    int rc = recompute_collected(d->c, collection_id, known, &entries, &n, e);
    const struct collection_record *collection = rc == 0 ? collection_last(entries, n, "source.collection_record") : NULL;
    if (rc == 0 && collection == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "collection", "11", "the collection is not in the dossier");
    if (rc == 0)
        rc = recompute_read(d->c, last, &determined, e);
    if (rc == 0 && (determined.recovery_at < collection->started_at || determined.recovery_at > collection->ended_at))
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but eligibility was determined for another recovery");
    return rc;
}

int recompute_donor_permits(const struct recompute_case *c, const struct batch_release *release, struct err *e)
{
    struct batch_open open;
    struct donor_register donor;
    struct eligibility_determine determined;
    int rc = recompute_open(c, &open, e);
    if (rc != 0)
        return rc;
    struct donor_case d = {c, dossier_stream(c->d, open.donor_id), open.recipient_code, -1, false};
    const struct dossier_entry *registered = recompute_last(d.s, "source.donor_register", c->entry->entry.time_ms);
    const struct dossier_entry *last = recompute_last(d.s, "source.eligibility_determine", c->entry->entry.time_ms);
    if (registered == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "donor", "11", "the donor's registration is not in the dossier");
    rc = recompute_collection_known(c, open.collection_id, release->collection_seq, e);
    if (rc == 0 && release->evidence_seq != INTEGER_ABSENT) {
        rc = determination_current(&d, release->evidence_seq, &last, e);
        rc = rc != 0 ? rc : recovery_fits(&d, open.collection_id, release->collection_seq, last, e);
    }
    rc = rc != 0 ? rc : recompute_read(c, registered, &donor, e);
    if (rc != 0 || strcmp(donor.use, "autologous") == 0)
        return rc;
    if (last == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "gate", "11", "released, but nobody determined the donor's eligibility");
    rc = recompute_read(c, last, &determined, e);
    if (rc != 0 || strcmp(determined.determination, determination_words[DETERMINATION_ELIGIBLE]) == 0)
        return rc;
    bool ineligible = strcmp(determined.determination, determination_words[DETERMINATION_INELIGIBLE]) == 0;
    if (ineligible && (strcmp(donor.use, "related") == 0 || strcmp(donor.use, "research") == 0))
        return 0;
    return exception_stands(&d, determined.determination, e);
}
