/* Donors: registered by code, screening, tests, eligibility; listed and shown. */
#include <string.h>

#include "domain/donor.h"
#include "domain/str.h"
#include "record/record.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

int rows_take(struct call *c, size_t answer, const struct record_type *type, struct list *ret, struct err *e)
{
    const struct db_rows *rows = &c->answers[answer];
    for (int i = 0; i < rows->rows; i++) {
        int code = db_row_record(c->arena, type, rows, i, record_list_add(c->arena, type, ret), e);
        if (code != 0)
            return code;
    }
    return 0;
}

static int register_facts(struct call *c, struct err *e)
{
    const struct donor_register *in = c->in;
    (void)e;
    store_ask_vault(c, in->donor_id, &in->commitments);
    return 0;
}

static int register_decide(struct call *c, struct err *e)
{
    const struct donor_register *in = c->in;
    if (c->head.seq >= 0)
        return err_raise(e, ERR_EXISTS, "donor_id", NULL, "%s is registered already", in->donor_id);
    int code = source_donor_check(in, e);
    if (code != 0)
        return code;
    const struct commitment *lost = store_read_vault(c, 0, &in->commitments);
    return lost == NULL ? 0
                        : err_raise(e, ERR_NOT_FOUND, "commitments", "T38", "the vault holds no %s of %s with that commitment",
                                    lost->name, in->donor_id);
}

const struct handler source_donor_register_verb = {register_facts, register_decide, apply_donor_register, NULL};

static int screening_facts(struct call *c, struct err *e)
{
    const struct screening_record *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    return 0;
}

static int screening_decide(struct call *c, struct err *e)
{
    const struct screening_record *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    if (code == 0)
        code = source_subject_check(&donor, in->subject, e);
    return code != 0 ? code : source_time_check("screened_at", in->screened_at, c->now_ms, &limits, e);
}

const struct handler source_screening_record_verb = {screening_facts, screening_decide, apply_screening_record, NULL};

static int reference_facts(struct call *c, struct err *e)
{
    const struct str_reference *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    return 0;
}

static int reference_decide(struct call *c, struct err *e)
{
    const struct str_reference *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    struct str_profile profile;
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    code = code != 0 ? code : source_subject_check(&donor, in->subject, e);
    code = code != 0 ? code : str_parse(c->arena, in->profile, "profile", &profile, e);
    return code != 0 ? code : source_time_check("specimen_at", in->specimen_at, c->now_ms, &limits, e);
}

const struct handler source_str_reference_verb = {reference_facts, reference_decide, apply_str_reference, NULL};

static int tests_facts(struct call *c, struct err *e)
{
    const struct donor_test_report *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    return 0;
}

static int tests_decide(struct call *c, struct err *e)
{
    const struct donor_test_report *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    if (code == 0)
        code = source_subject_check(&donor, in->subject, e);
    if (code == 0)
        code = source_tests_check(in, e);
    return code != 0 ? code : source_time_check("specimen_at", in->specimen_at, c->now_ms, &limits, e);
}

const struct handler source_donor_test_report_verb = {tests_facts, tests_decide, apply_donor_test_report, NULL};

enum { DETERMINE_RULES = 3, DETERMINE_LAST, DETERMINE_ENTRIES };   /* answers behind the donor's statements */

static int eligibility_facts_ask(struct call *c, struct err *e)
{
    const struct eligibility_determine *in = c->in;
    (void)e;
    store_ask_statements(c, in->donor_id);
    call_ask(c, store_row(ROW_RULES_IN_EFFECT), DB_VALUES(db_text(in->rules_id), db_int(c->now_ms)));
    call_ask(c, store_row(ROW_DETERMINED), DB_VALUES(db_text(in->donor_id)));
    store_ask_entries(c, in->donor_id);
    return 0;
}

static int eligibility_decide(struct call *c, struct err *e)
{
    struct eligibility_determine *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    struct donor_statements statements;
    struct source_entry *entries;
    size_t n;
    const struct db_rows *rules = &c->answers[DETERMINE_RULES];
    struct rules_choice choice = {rules->rows > 0 ? db_cell_int(rules, 0, "version") : INTEGER_ABSENT,
                                  db_cell_text(&c->answers[DETERMINE_LAST], 0, "rules_id")};
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    if (code == 0)
        code = source_consent_needed(&donor, TIME_ABSENT, e);
    if (code == 0)
        code = source_time_check("recovery_at", in->recovery_at, c->now_ms, &limits, e);
    if (code == 0)
        code = source_rules_choose(in, &choice, e);
    if (code != 0)
        return code;
    in->rules_version = choice.in_effect;
    store_read_statements(c, 0, &statements);
    code = store_read_entries(c, DETERMINE_ENTRIES, &entries, &n, e);
    code = code != 0 ? code : donor_correctors_check(entries, n, c->who->person_id, e);
    code = code != 0 ? code : store_read_rules(c, DETERMINE_RULES, &statements.rules, e);
    if (code != 0)
        return code;
    donor_determine(c->arena, &statements, in);
    return 0;
}

const struct handler source_eligibility_determine_verb = {eligibility_facts_ask, eligibility_decide,
                                                          apply_eligibility_determine, NULL};

static int donors_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_DONORS), DB_NONE);
    return 0;
}

static int donors_decide(struct call *c, struct err *e)
{
    struct donor_rows *out = c->out;
    int code = rows_take(c, 0, &record_donor_row, &out->donors, e);
    record_list_cut(&record_donor_rows, out, &out->donors, &out->more);
    return code;
}

const struct handler source_donors_verb = {donors_facts, donors_decide, NULL, NULL};

static int show_facts(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_DONOR_SHOW), DB_VALUES(db_text(in->donor_id)));
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "donor_id", NULL, "there is no donor %s", in->donor_id);
    return db_row_record(c->arena, &record_donor_row, &c->answers[0], 0, c->out, e);
}

const struct handler source_donor_show_verb = {show_facts, show_decide, NULL, NULL};
