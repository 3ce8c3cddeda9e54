/* Rule 11 in the streams of donors, collections and people. */
#include <string.h>

#include "contract/contract.h"
#include "crypto/digest.h"
#include "domain/collection_record.h"
#include "domain/donor.h"
#include "domain/source_record.h"
#include "domain/transit.h"
#include "domain/urgent.h"
#include "dossier/recompute.h"

/* The donor's statements before this one, kind by kind, in order, as corrections make them; the last determination. */
struct gathering {
    const struct recompute_case *c;
    struct source_entry *entries;
    size_t count;
    struct screening_record *screenings;
    struct donor_test_report *tests;
    struct eligibility_determine *determined;
    struct donor_statements found;
    bool is_determined;
};

int recompute_source(const struct recompute_case *c, const struct dossier_stream *s, struct source_entry **ret, size_t *ret_count,
                     struct err *e)
{
    struct source_entry *entries = ARENA_ARRAY(c->a, struct source_entry, s->count + 1);
    size_t n = 0;
    int rc = 0;
    bool is_own = s == c->s;
    for (size_t i = 0; i < s->count && rc == 0; i++) {
        const struct dossier_entry *x = &s->entry[i];
        if (is_own ? x->entry.seq >= c->entry->entry.seq : x->entry.time_ms > c->entry->entry.time_ms)
            break;
        entries[n] = (struct source_entry){x->entry.seq, x->entry.time_ms, x->statement.type, x->statement.actor, NULL};
        if (source_record_matters(x->statement.type)) {
            entries[n].record = record_new(c->a, verb_find(x->statement.type)->in);
            rc = recompute_read(c, x, entries[n].record, e);
        }
        n++;
    }
    *ret = entries;
    *ret_count = n;
    return rc != 0 ? rc : source_record_stand(c->a, entries, n, e);
}

static int gather_one(struct gathering *g, size_t i, struct err *e)
{
    const struct source_entry *entry = &g->entries[i];
    if (strcmp(entry->act, "source.donor_register") == 0)
        g->found.donor = entry->record;
    else if (strcmp(entry->act, "source.screening_record") == 0)
        g->screenings[g->found.screening_count++] = *(const struct screening_record *)entry->record;
    else if (strcmp(entry->act, "source.donor_test_report") == 0)
        g->tests[g->found.test_count++] = *(const struct donor_test_report *)entry->record;
    else if (strcmp(entry->act, "source.eligibility_determine") == 0) {
        g->is_determined = true;
        return recompute_read(g->c, &g->c->s->entry[i], g->determined, e);
    }
    return 0;
}

/* the rule set that a determination names; NULL for one made before rule sets were documents */
static int read_rules(const struct recompute_case *c, const struct eligibility_determine *in, const struct rule_set **ret,
                      struct err *e)
{
    const char *text;
    struct rule_set *set = NULL;
    *ret = NULL;
    if (in->rules_id == NULL)
        return 0;
    int rc = recompute_document(c, in->rules_id, "source.rules_author", in->rules_version, &text, e);
    if (rc == 0)
        rc = rule_set_parse(c->a, text, strlen(text), &set, e);
    *ret = set;
    return rc;
}

static int gather(const struct recompute_case *c, struct gathering *g, struct err *e)
{
    size_t n = c->s->count;
    *g = (struct gathering){.c = c, .screenings = ARENA_ARRAY(c->a, struct screening_record, n),
                            .tests = ARENA_ARRAY(c->a, struct donor_test_report, n),
                            .determined = record_new(c->a, &record_eligibility_determine)};
    int rc = recompute_source(c, c->s, &g->entries, &g->count, e);
    for (size_t i = 0; i < g->count && rc == 0; i++)
        rc = gather_one(g, i, e);
    if (rc == 0 && g->found.donor == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "donor", "11", "the donor's registration is not in the dossier");
    g->found.screenings = g->screenings;
    g->found.tests = g->tests;
    return rc;
}

int recompute_eligibility(const struct recompute_case *c, void *in, struct err *e)
{
    struct gathering g;
    int rc = gather(c, &g, e);
    if (rc == 0)
        rc = donor_correctors_check(g.entries, g.count, c->entry->statement.actor, e);
    if (rc == 0)
        rc = read_rules(c, in, &g.found.rules, e);
    if (rc == 0)
        donor_determine(c->a, &g.found, in);
    return rc;
}

static int gather_determined(const struct recompute_case *c, struct gathering *g, struct err *e)
{
    int rc = gather(c, g, e);
    if (rc == 0 && !g->is_determined)
        rc = err_raise(e, ERR_DOSSIER_REFUSED, "donor", "11", "an exception for a donor whom nobody has determined");
    return rc != 0 ? rc : read_rules(c, g->determined, &g->found.rules, e);
}

int recompute_urgent(const struct recompute_case *c, void *in, struct err *e)
{
    struct gathering g;
    int rc = gather_determined(c, &g, e);
    if (rc == 0)
        urgent_fill(c->a, &g.found, g.determined, in);
    return rc;
}

int recompute_notice(const struct recompute_case *c, void *in, struct err *e)
{
    struct gathering g;
    int rc = gather_determined(c, &g, e);
    if (rc == 0)
        urgent_notice_fill(c->a, &g.found, g.determined, in);
    return rc;
}

/* the collections of this donor that the dossier holds, as they stood at the statement */
static struct source_collected *read_collected(const struct recompute_case *c, const char *donor_id, size_t *ret_count, struct err *e)
{
    struct source_collected *collected = ARENA_ARRAY(c->a, struct source_collected, c->d->stream_count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < c->d->stream_count; i++) {
        struct source_entry *entries;
        size_t n;
        const struct dossier_entry *entry = recompute_last(&c->d->stream[i], "source.collection_record", c->entry->entry.time_ms);
        if (entry == NULL)
            continue;
        if (recompute_source(c, &c->d->stream[i], &entries, &n, e) != 0)
            return NULL;
        const struct collection_record *record = collection_last(entries, n, "source.collection_record");
        if (strcmp(record->donor_id, donor_id) == 0)
            collected[(*ret_count)++] = (struct source_collected){entry->entry.time_ms, record->started_at};
    }
    return collected;
}

int recompute_donor_correct(const struct recompute_case *c, void *in, struct err *e)
{
    struct donor_correct *correct = in;
    struct source_entry *entries;
    size_t n, k;
    const struct source_collected *collected = read_collected(c, correct->donor_id, &k, e);
    if (collected == NULL)
        return ERR_DOSSIER_REFUSED;
    int rc = recompute_source(c, c->s, &entries, &n, e);
    return rc != 0 ? rc : donor_correct_fill(c->a, entries, n, collected, k, correct, e);
}

int recompute_receipt(const struct recompute_case *c, void *in, struct err *e)
{
    struct receipt_record *receipt = in;
    struct source_entry *entries;
    size_t n;
    int rc = recompute_source(c, c->s, &entries, &n, e);
    const struct collection_record *collected = rc == 0 ? collection_last(entries, n, "source.collection_record") : NULL;
    if (rc == 0 && collected == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "collection", "11", "the collection is not in the dossier");
    if (rc == 0)
        receipt->transit_h = transit_hours(c->a, collected->ended_at, receipt->received_at);
    return rc;
}

/* the name and roles a person was enrolled with, or founded the lab with; the roles in the order of the word list */
static int enrolled_as(const struct recompute_case *c, const char *person_id, const char **ret_name, struct list *ret_roles, struct err *e)
{
    static const char *const types[] = {"access.person_enrol", "access.person_found"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct dossier_entry *entry = recompute_last(c->s, types[i], c->entry->entry.time_ms);
        const struct record_type *type = verb_find(types[i])->in;
        void *record = record_new(c->a, type);
        if (entry == NULL)
            continue;
        int rc = recompute_read(c, entry, record, e);
        if (rc != 0)
            return rc;
        const struct list *roles = record_at(type, (size_t)record_field(type, "roles", 5), record);
        memcpy(ret_name, record_at(type, (size_t)record_field(type, "name", 4), record), sizeof *ret_name);
        unsigned bits = 0;
        for (size_t k = 0; k < roles->count; k++)
            bits |= role_bit_of(TEXTS_AT(*roles, k));
        for (size_t k = 0; k < words_role.count; k++)
            if ((bits & 1u << k) != 0)
                texts_add(c->a, ret_roles, words_role.words[k]);
        return 0;
    }
    return err_raise(e, ERR_DOSSIER_REFUSED, "person_id", "11", "how %s was enrolled is not in the dossier", person_id);
}

int recompute_renew(const struct recompute_case *c, void *in, struct err *e)
{
    struct key_renew *renew = in;
    return enrolled_as(c, renew->person_id, &renew->name, &renew->roles, e);
}

int recompute_account_review(const struct recompute_case *c, void *in, struct err *e)
{
    struct account_review *review = in;
    const char *name;
    return enrolled_as(c, review->person_id, &name, &review->roles, e);
}

int recompute_key(const struct recompute_case *c, void *in, struct err *e)
{
    struct key_register *key = in;
    uint8_t hash[DIGEST_LEN];
    (void)e;
    digest_sha256(key->certificate.data, key->certificate.len, hash);
    key->certificate_sha256 = hex_text(c->a, hash, DIGEST_LEN);
    return 0;
}
