/* What may be said of a donor. */
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "domain/donor.h"
#include "domain/source_record.h"
#include "source_rules.h"

static bool is(const char *a, const char *b)
{
    return a != NULL && strcmp(a, b) == 0;
}

bool source_is_late(int64_t occurred_ms, int64_t now_ms, const struct source_limits *limits)
{
    return now_ms - occurred_ms > limits->late_entry_ms;
}

int source_time_check(const char *field, int64_t occurred_ms, int64_t now_ms, const struct source_limits *limits,
                      struct err *e)
{
    char text[CLOCK_TEXT];
    if (occurred_ms <= now_ms + limits->clock_skew_ms)
        return 0;
    clock_to_text(occurred_ms, text);
    return err_raise(e, ERR_TIME_REFUSED, field, "R15", "%s lies in the future", text);
}

int source_donor_known(const struct donor_facts *facts, const char *donor_id, struct err *e)
{
    return facts->tissue != NULL ? 0 : err_raise(e, ERR_NOT_FOUND, "donor_id", NULL, "there is no donor %s", donor_id);
}

static int commitments_check(const struct list *commitments, struct err *e)
{
    for (size_t i = 0; i < commitments->count; i++) {
        const struct commitment *c = LIST_AT(*commitments, const struct commitment, i);
        int code = source_vault_check(c->name, e);
        if (code != 0)
            return code;
        for (size_t k = 0; k < i; k++)
            if (strcmp(LIST_AT(*commitments, const struct commitment, k)->name, c->name) == 0)
                return err_raise(e, ERR_FIELD_RANGE, "commitments", "T38", "%s is given twice", c->name);
    }
    return 0;
}

int source_donor_check(const struct donor_register *in, struct err *e)
{
    bool birth = donor_is_perinatal(in->tissue), two = is(in->subject, "mother_and_infant");
    if (birth && !two)
        return err_raise(e, ERR_FIELD_RANGE, "subject", "T26", "behind %s stand mother and infant", in->tissue);
    if (!birth && two)
        return err_raise(e, ERR_FIELD_RANGE, "subject", "T26", "behind %s stands one donor", in->tissue);
    if (is(in->use, "related") != (in->relation != NULL))
        return err_raise(e, in->relation != NULL ? ERR_FIELD_RANGE : ERR_FIELD_MISSING, "relation", "T25",
                         "the degree of relation belongs to related use");
    if ((is(in->use, "autologous") || is(in->use, "directed") || is(in->use, "related")) && in->recipient_code == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "recipient_code", "R04", "%s use names the recipient by code", in->use);
    return commitments_check(&in->commitments, e);
}

int source_subject_check(const struct donor_facts *facts, const char *subject, struct err *e)
{
    return source_subject_fits(facts->subject, subject, e);
}

static int scopes_check(const struct list *scopes, struct err *e)
{
    for (size_t i = 0; i < scopes->count; i++) {
        const char *scope = TEXTS_AT(*scopes, i);
        if (!word_list_has(&words_consent_scope, scope))
            return err_raise(e, ERR_FIELD_RANGE, "scopes", "1271.50", "%.40s is no scope of consent", scope);
        for (size_t k = 0; k < i; k++)
            if (strcmp(scope, TEXTS_AT(*scopes, k)) == 0)
                return err_raise(e, ERR_FIELD_RANGE, "scopes", "1271.50", "%s is named twice", scope);
    }
    return 0;
}

int source_consent_check(const struct consent_record *in, struct err *e)
{
    return scopes_check(&in->scopes, e);
}

/* ${word} is one of the comma separated ${list} */
static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ",");
        if (len == n && memcmp(list, word, n) == 0)
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

int source_withdrawal_check(const struct consent_withdraw *in, const struct donor_facts *facts, struct err *e)
{
    int code = scopes_check(&in->scopes, e);
    for (size_t i = 0; code == 0 && i < in->scopes.count; i++)
        if (!has_word(facts->scopes, TEXTS_AT(in->scopes, i)))
            code = err_raise(e, ERR_CONSENT_MISSING, "scopes", "1.1", "there is no consent to %s that could be withdrawn",
                             TEXTS_AT(in->scopes, i));
    if (code == 0 && in->withdrawn_at < facts->consent_given_ms)
        code = err_raise(e, ERR_TIME_REFUSED, "withdrawn_at", "R15", "consent was given after that");
    return code;
}

int source_consent_needed(const struct donor_facts *facts, int64_t before_ms, struct err *e)
{
    const char *scope = is(facts->use, "research") ? "research" : "treatment";
    if (!has_word(facts->scopes, scope))
        return err_raise(e, ERR_CONSENT_MISSING, "donor_id", "1.1", "the donor's consent, as it stands, does not cover %s", scope);
    if (before_ms != TIME_ABSENT && facts->consent_given_ms > before_ms)
        return err_raise(e, ERR_CONSENT_MISSING, "started_at", "1.1", "consent was given after the collection began");
    return 0;
}

int source_tests_check(const struct donor_test_report *in, struct err *e)
{
    int code = source_dilution_check(in, e);
    if (code != 0)
        return code;
    for (size_t i = 0; i < in->results.count; i++)
        for (size_t k = 0; k < i; k++) {
            const char *assay = LIST_AT(in->results, const struct donor_result, i)->assay;
            if (strcmp(assay, LIST_AT(in->results, const struct donor_result, k)->assay) == 0)
                return err_raise(e, ERR_RESULT_REFUSED, "results", "R25", "%s is reported twice for one specimen", assay);
        }
    return 0;
}

int source_vault_check(const char *name, struct err *e)
{
    size_t n = strlen(name);
    if (n < 1 || n > 40 || name[0] < 'a' || name[0] > 'z' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
        return err_raise(e, ERR_FIELD_TYPE, "name", "T38", "a field name is small letters, digits and _");
    return 0;
}

void source_commit(struct arena *a, const uint8_t salt[DIGEST_LEN], const char *name, const char *value,
                   uint8_t ret[DIGEST_LEN])
{
    struct buf b = buf_new(a);
    buf_printf(&b, "stemma-commit/1\n%s\n", name);
    buf_put(&b, value);
    digest_hmac(salt, DIGEST_LEN, b.text, b.len, ret);
    explicit_bzero(b.text, b.len);
}
