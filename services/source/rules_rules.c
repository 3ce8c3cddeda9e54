/* Rule sets of donor eligibility: the next version, another's approval, a day to come; which one a determination may name (T51). */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/reason.h"
#include "domain/segregation.h"
#include "source_rules.h"

/* An assay that no row names would be reported and weighed by nothing: a row without tissues asks for none and counts all. */
static int complete_check(const struct rule_set *set, struct err *e)
{
    const struct rule_assay *rows = set->assays.items;
    for (size_t i = 0; i < words_assay.count; i++) {
        bool named = false;
        for (size_t k = 0; k < set->assays.count; k++)
            named |= strcmp(rows[k].assay, words_assay.words[i]) == 0;
        if (!named)
            return err_raise(e, ERR_DOCUMENT_REFUSED, "assays", "R08", "%s has no row: a reactive result would not count",
                             words_assay.words[i]);
    }
    return 0;
}

int source_rules_author_check(const struct rules_author *in, int64_t newest, struct arena *a, struct err *e)
{
    struct rule_set *set;
    int code = rule_set_parse(a, in->document, strlen(in->document), &set, e);
    if (code != 0)
        return code;
    if (strcmp(set->id, in->rules_id) != 0)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "id", "T51", "the document is %s, not %s", set->id, in->rules_id);
    if (set->version != in->version)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "version", "T51", "the document is version %d, not %" PRId64, set->version,
                         in->version);
    if (set->reading != RULE_SET_READING)
        return err_raise(e, ERR_DOCUMENT_REFUSED, "reading", "T51", "a set is written for reading %d", RULE_SET_READING);
    code = complete_check(set, e);
    if (code != 0)
        return code;
    if (in->version <= newest)
        return err_raise(e, ERR_EXISTS, "version", "T51", "the newest version is %" PRId64, newest);
    if (in->version != newest + 1)
        return err_raise(e, ERR_FIELD_RANGE, "version", "T51", "the next version is %" PRId64, newest + 1);
    return 0;
}

int source_rules_approve_check(const struct rules_approve *in, const struct rules_facts *f, const char *person, int64_t now_ms,
                               const struct source_limits *limits, struct err *e)
{
    if (f->author_id == NULL)
        return err_raise(e, ERR_NOT_FOUND, "version", "T51", "there is no version %" PRId64, in->version);
    if (f->effective_ms != TIME_ABSENT)
        return err_raise(e, ERR_STATE_FORBIDS, "version", "T51", "version %" PRId64 " is approved", in->version);
    if (in->effective_at < now_ms - limits->late_entry_ms)
        return err_raise(e, ERR_TIME_REFUSED, "effective_at", "T51", "rules do not work backwards");
    if (f->last_effective_ms != TIME_ABSENT && in->effective_at < f->last_effective_ms)
        return err_raise(e, ERR_FIELD_RANGE, "effective_at", "T51", "an earlier version comes into effect later than that");
    struct segregation_act author = {f->author_id, "", DEED_DOCUMENT_AUTHOR};
    struct segregation_act approver = {person, "", DEED_DOCUMENT_APPROVE};
    return segregation_check(&approver, &author, 1, e);
}

int source_rules_choose(const struct eligibility_determine *in, const struct rules_choice *f, struct err *e)
{
    if (in->rules_id == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "rules_id", "T51", "by which rule set (`stemma source rules`)");
    if (f->in_effect == INTEGER_ABSENT)
        return err_raise(e, ERR_NOT_FOUND, "rules_id", "T51", "no version of %s is in effect", in->rules_id);
    if (in->rules_version != INTEGER_ABSENT && in->rules_version != f->in_effect)
        return err_raise(e, ERR_STATE_FORBIDS, "rules_version", "T51", "version %" PRId64 " is in effect", f->in_effect);
    if (f->last_rules_id != NULL && strcmp(f->last_rules_id, in->rules_id) != 0)
        return reason_check("reason", in->reason, e);      /* another set is no quiet way out */
    return 0;
}
