/* Rule 11 for tests of identity: the sample's profile beside the references that the donor's stream had when it was reported (T31, T32). */
#include <string.h>

#include "contract/contract.h"
#include "domain/pending.h"
#include "domain/str_record.h"
#include "dossier/recompute.h"

static int refuse(struct err *e, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "reference_seq", "11", "%s", why);
}

#define SAME_MOMENT_MS 60000     /* a reference recorded so shortly before the report may not have been seen by it */

/* the last reference of ${whose} by then */
static int reference(const struct recompute_case *c, const struct dossier_stream *donor, const char *whose, int64_t named,
                     const struct str_reference **ret, int64_t *ret_seq, struct err *e)
{
    *ret = NULL;
    for (size_t i = 0; donor != NULL && i < donor->count; i++) {
        const struct dossier_entry *entry = &donor->entry[i];
        struct str_reference *r = record_new(c->a, &record_str_reference);
        if (strcmp(entry->statement.type, "source.str_reference") != 0 || entry->entry.time_ms > c->entry->entry.time_ms)
            continue;
        int rc = recompute_read(c, entry, r, e);
        if (rc != 0)
            return rc;
        if (strcmp(r->subject, whose) != 0)
            continue;
        if (*ret != NULL && *ret_seq == named && entry->entry.time_ms > c->entry->entry.time_ms - SAME_MOMENT_MS)
            return 0;
        *ret = r;
        *ret_seq = entry->entry.seq;
    }
    return 0;
}

int recompute_identity(const struct recompute_case *c, const struct test_report *recorded, struct test_report *in, struct err *e)
{
    struct batch_open open;
    struct specification *specification;
    struct donor_register donor = {.subject = "donor"};
    struct str_references refs = {.own = NULL};
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    if (rc != 0)
        return rc;
    if (in->profile != NULL) {
        const struct dossier_stream *stream = dossier_stream(c->d, open.donor_id);
        const struct dossier_entry *registered = recompute_last(stream, "source.donor_register", c->entry->entry.time_ms);
        rc = registered == NULL ? refuse(e, "the donor's registration is not in the dossier") : recompute_read(c, registered, &donor, e);
        rc = rc != 0 ? rc : reference(c, stream, str_own_word(donor.subject), recorded->reference_seq, &refs.own, &refs.own_seq, e);
        rc = rc != 0 ? rc : reference(c, stream, "mother", recorded->mother_seq, &refs.mother, &refs.mother_seq, e);
    }
    refs.subject = donor.subject;
    return rc != 0 ? rc : str_record_fill(c->a, specification, &refs, in, e);
}

/* the references that a release knew: those of a minute before it, and what the test had been compared with */
static int known_at(const struct recompute_case *c, const struct dossier_stream *donor, const char *whose, int64_t named,
                    const struct str_reference **ret, int64_t *ret_seq, struct err *e)
{
    *ret = NULL;
    *ret_seq = -1;
    for (size_t i = 0; donor != NULL && i < donor->count; i++) {
        const struct dossier_entry *entry = &donor->entry[i];
        struct str_reference *r = record_new(c->a, &record_str_reference);
        if (strcmp(entry->statement.type, "source.str_reference") != 0 ||
            (entry->entry.time_ms > c->entry->entry.time_ms - SAME_MOMENT_MS && entry->entry.seq > named))
            continue;
        int rc = recompute_read(c, entry, r, e);
        if (rc != 0)
            return rc;
        if (strcmp(r->subject, whose) != 0)
            continue;
        *ret = r;
        *ret_seq = entry->entry.seq;
    }
    return 0;
}

static int compare_again(const struct recompute_case *c, const struct test_report *report, struct err *e)
{
    struct batch_open open;
    struct specification *specification;
    struct donor_register donor;
    struct str_references refs = {.own = NULL};
    const char *doubt = NULL;
    int rc = recompute_open(c, &open, e);
    rc = rc != 0 ? rc : recompute_specification(c, &open, &specification, e);
    if (rc != 0)
        return rc;
    const struct dossier_stream *stream = dossier_stream(c->d, open.donor_id);
    const struct dossier_entry *registered = recompute_last(stream, "source.donor_register", c->entry->entry.time_ms);
    rc = registered == NULL ? refuse(e, "the donor's registration is not in the dossier") : recompute_read(c, registered, &donor, e);
    if (rc != 0)
        return rc;
    refs.subject = donor.subject;
    rc = known_at(c, stream, str_own_word(donor.subject), report->reference_seq, &refs.own, &refs.own_seq, e);
    rc = rc != 0 ? rc : known_at(c, stream, "mother", report->mother_seq, &refs.mother, &refs.mother_seq, e);
    rc = rc != 0 ? rc : str_record_again(c->a, specification, &refs, report, &doubt, e);
    return rc == 0 && doubt != NULL ? refuse(e, arena_printf(c->a, "%s, but %s", strcmp(c->entry->statement.type, "release.release") == 0 ? "released" : "certified", doubt)) : rc;
}

static bool stands(const struct pending_case *standing, int64_t seq)
{
    for (size_t i = 0; i < standing->result_count; i++)
        if (standing->results[i].seq == seq)
            return true;
    return false;
}

/* of the results that stand: what a case made void, or was reported anew, is nobody's identity any more */
int recompute_identities(const struct recompute_case *c, struct err *e)
{
    struct pending_case standing;
    int rc = recompute_tests(c, &standing, e);
    for (size_t i = 0; rc == 0 && i < c->s->count; i++) {
        struct test_report report;
        if (!stands(&standing, c->s->entry[i].entry.seq))
            continue;
        rc = recompute_read(c, &c->s->entry[i], &report, e);
        if (rc == 0 && report.profile != NULL)
            rc = compare_again(c, &report, e);
    }
    return rc;
}
