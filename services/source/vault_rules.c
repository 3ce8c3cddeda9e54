/* Rules of the vault: what may be erased, when, and by how many people (domain.md §3.6). */
#include <string.h>

#include "source_rules.h"

#define REASON_MIN 10

int source_commitments_check(const struct list *commitments, struct err *e)
{
    for (size_t i = 0; i < commitments->count; i++) {
        const struct commitment *c = LIST_AT(*commitments, const struct commitment, i);
        int code = source_vault_check(c->name, e);
        if (code != 0)
            return code;
        for (size_t k = 0; k < i; k++)
            if (strcmp(LIST_AT(*commitments, const struct commitment, k)->commitment, c->commitment) == 0)
                return err_raise(e, ERR_FIELD_RANGE, "commitments", "T38", "%s is named twice", c->name);
    }
    return 0;
}

int source_reason_check(const char *field, const char *text, struct err *e)
{
    if (strlen(text) < REASON_MIN)
        return err_raise(e, ERR_REASON_MISSING, field, "R13", "%s says why, in at least %d characters", field, REASON_MIN);
    return 0;
}

static int unfinished_check(const struct vault_facts *facts, struct err *e)
{
    if (facts->unfinished == 0)
        return 0;
    return err_raise(e, ERR_STATE_FORBIDS, "donor_id", "3.6", "%lld batches of this donor have no end yet", (long long)facts->unfinished);
}

static int until_check(int64_t until_ms, int64_t now_ms, struct err *e)
{
    char until[CLOCK_TEXT];
    if (now_ms >= until_ms)
        return 0;
    clock_to_text(until_ms, until);
    return err_raise(e, ERR_STATE_FORBIDS, "donor_id", "3.6", "the retention ends at %s", until);
}

int source_purge_check(const struct vault_facts *facts, const struct retention_years *years, int64_t now_ms, struct err *e)
{
    if (!facts->known)
        return err_raise(e, ERR_NOT_FOUND, "donor_id", "", "there is no such donor");
    int code = unfinished_check(facts, e);
    if (code == 0)
        code = until_check(retention_until_ms(&facts->retention, years), now_ms, e);
    if (code == 0 && facts->held == 0)
        code = err_raise(e, ERR_NOT_FOUND, "donor_id", "3.6", "the vault holds nothing of this donor");
    return code;
}

int source_purge_still_check(const struct vault_facts *facts, const struct retention_years *years, int64_t proposed_seq,
                             int64_t head_seq, int64_t now_ms, struct err *e)
{
    int code = unfinished_check(facts, e);
    if (code == 0 && facts->retention.used_ms != TIME_ABSENT)
        code = until_check(retention_add_years(facts->retention.used_ms, years->use), now_ms, e);
    if (code == 0 && head_seq != proposed_seq)
        code = err_raise(e, ERR_STATE_FORBIDS, "proposed_seq", "3.6", "entry %lld says more of the donor since the purge was proposed",
                         (long long)head_seq);
    return code;
}

int source_purge_approver_check(const char *proposed_by, const char *approved_by, const char *person_id, struct err *e)
{
    if (proposed_by == NULL)
        return err_raise(e, ERR_NOT_FOUND, "proposed_seq", "3.6", "no purge was proposed by that entry");
    if (approved_by != NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "proposed_seq", "3.6", "the purge is done");
    if (strcmp(proposed_by, person_id) == 0)
        return err_raise(e, ERR_DUTIES_SEGREGATED, "proposed_seq", "3.6", "%s proposed it; another person approves", person_id);
    return 0;
}
