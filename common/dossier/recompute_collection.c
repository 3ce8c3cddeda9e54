/* Rule 11 for corrections of a collection: what they say was recorded, what follows comes out again; and reviews and releases knew of them. */
#include <string.h>

#include "contract/contract.h"
#include "domain/collection_record.h"
#include "domain/correction.h"
#include "dossier/recompute.h"

#define SAME_MINUTE_MS INT64_C(60000)

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, field, "11", "%s", why);
}

/* when the consent was given, as it stood at the statement, that was there when the collection was recorded */
static int read_consent(const struct recompute_case *c, const char *donor_id, int64_t recorded_ms, int64_t *ret, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, donor_id);
    struct source_entry *entries;
    size_t n;
    *ret = TIME_ABSENT;
    int rc = s == NULL ? 0 : recompute_source(c, s, &entries, &n, e);
    for (size_t i = 0; rc == 0 && s != NULL && i < n; i++)
        if (strcmp(entries[i].act, "source.consent_record") == 0 && entries[i].time_ms <= recorded_ms)
            *ret = ((const struct consent_record *)entries[i].record)->given_at;
    return rc;
}

int recompute_collection_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct source_entry *entries;
    size_t n;
    int64_t consent_ms = TIME_ABSENT;
    int rc = recompute_source(c, c->s, &entries, &n, e);
    const struct collection_record *collected = rc == 0 ? collection_last(entries, n, "source.collection_record") : NULL;
    if (rc == 0 && collected == NULL)
        return refuse(e, "collection_id", "the collection is not in the dossier");
    if (rc == 0)
        rc = read_consent(c, collected->donor_id, entries[0].time_ms, &consent_ms, e);
    return rc != 0 ? rc : collection_correct_fill(c->a, entries, n, consent_ms, in, e);
}

int recompute_collected(const struct recompute_case *c, const char *collection_id, int64_t known, struct source_entry **ret, size_t *ret_count,
                        struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, collection_id);
    struct dossier_stream then;
    const struct dossier_entry end = {.entry.time_ms = INT64_MAX};
    if (s == NULL)
        return refuse(e, "collection", "the collection is not in the dossier");
    then = *s;
    for (then.count = 0; then.count < s->count; then.count++)
        if (source_record_is_correction(s->entry[then.count].statement.type) && s->entry[then.count].entry.seq > known)
            break;
    struct recompute_case all = *c;
    all.entry = &end;
    return recompute_source(&all, &then, ret, ret_count, e);
}

/* What a review or a release says it knew of the collection is all that there was; the two services have no common clock, so that what came in
 * the same minute may have been seen or not. */
static int knows(const struct recompute_case *c, const char *collection_id, int64_t known, struct err *e)
{
    const struct dossier_stream *s = dossier_stream(c->d, collection_id);
    bool found = known == INTEGER_ABSENT;
    for (size_t i = 0; s != NULL && i < s->count; i++) {
        const struct dossier_entry *x = &s->entry[i];
        if (strcmp(x->statement.type, "source.collection_correct") != 0)
            continue;
        found |= x->entry.seq == known;
        if (x->entry.seq > known && x->entry.time_ms < c->entry->entry.time_ms - SAME_MINUTE_MS)
            return err_raise(e, ERR_DOSSIER_REFUSED, "collection_seq", "11", "signed without what entry %lld says of the collection",
                             (long long)x->entry.seq);
    }
    return found ? 0 : refuse(e, "collection_seq", "what it says that it knew of the collection is no correction of it");
}

/* what the last review before the statement knew; TIME: ${ret_any} false where there is none */
static int last_review(const struct recompute_case *c, struct batch_review *ret, bool *ret_any, struct err *e)
{
    int rc = 0;
    *ret_any = false;
    for (size_t i = 0; rc == 0 && i < c->s->count && c->s->entry[i].entry.seq < c->entry->entry.seq; i++)
        if (strcmp(c->s->entry[i].statement.type, "release.review") == 0) {
            rc = recompute_read(c, &c->s->entry[i], ret, e);
            *ret_any = true;
        }
    return rc;
}

int recompute_review(const struct recompute_case *c, const void *in, struct err *e)
{
    const struct batch_review *review = in;
    struct batch_review *before = record_new(c->a, &record_batch_review);
    struct batch_open open;
    struct source_entry *entries;
    size_t n;
    bool any;
    int rc = recompute_open(c, &open, e);
    if (rc != 0 || dossier_stream(c->d, open.collection_id) == NULL)
        return rc;
    rc = knows(c, open.collection_id, review->collection_seq, e);
    rc = rc != 0 ? rc : last_review(c, before, &any, e);
    rc = rc != 0 ? rc : recompute_collected(c, open.collection_id, review->collection_seq, &entries, &n, e);
    return rc != 0 ? rc : collection_reviewer_check(entries, n, any ? before->collection_seq : INTEGER_ABSENT, c->entry->statement.actor, e);
}

int recompute_collection_known(const struct recompute_case *c, const char *collection_id, int64_t known, struct err *e)
{
    struct batch_review *review = record_new(c->a, &record_batch_review);
    bool any;
    int rc = dossier_stream(c->d, collection_id) == NULL ? 0 : knows(c, collection_id, known, e);
    rc = rc != 0 ? rc : last_review(c, review, &any, e);
    if (rc == 0 && known != INTEGER_ABSENT && (!any || review->collection_seq < known))
        rc = refuse(e, "gate", "released, but the review did not know of a correction of the collection");
    return rc;
}
