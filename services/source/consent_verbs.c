/* Consent: given in tiers, withdrawn one by one, and what descends from a donor. */
#include <string.h>

#include "record/record.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

static int consent_facts(struct call *c, struct err *e)
{
    const struct consent_record *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    return 0;
}

static int consent_decide(struct call *c, struct err *e)
{
    const struct consent_record *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    if (code == 0)
        code = source_consent_check(in, e);
    return code != 0 ? code : source_time_check("given_at", in->given_at, c->now_ms, &limits, e);
}

const struct handler source_consent_record_verb = {consent_facts, consent_decide, apply_consent_record, NULL};

static int withdraw_facts(struct call *c, struct err *e)
{
    const struct consent_withdraw *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    return 0;
}

static int withdraw_decide(struct call *c, struct err *e)
{
    const struct consent_withdraw *in = c->in;
    const struct source_limits limits = source_limits();
    struct donor_facts donor;
    store_read_donor(c, 0, &donor);
    int code = source_donor_known(&donor, in->donor_id, e);
    if (code == 0)
        code = source_withdrawal_check(in, &donor, e);
    return code != 0 ? code : source_time_check("withdrawn_at", in->withdrawn_at, c->now_ms, &limits, e);
}

const struct handler source_consent_withdraw_verb = {withdraw_facts, withdraw_decide, apply_consent_withdraw, NULL};

enum { OF_HELD, OF_ROWS };   /* answers of both reading verbs, in the order asked */

static int held_read(const struct call *c, const char *donor_id, int8_t *ret_held, struct err *e)
{
    if (c->answers[OF_HELD].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "donor_id", NULL, "there is no donor %s", donor_id);
    *ret_held = db_cell_bool(&c->answers[OF_HELD], 0, "held");
    return 0;
}

static void texts_split(struct arena *a, const char *list, struct list *ret)
{
    while (list != NULL && *list != '\0') {
        size_t len = strcspn(list, ",");
        texts_add(a, ret, arena_dup(a, list, len));
        list += len + (list[len] == ',');
    }
}

static int consents_facts(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_HELD), DB_VALUES(db_text(in->donor_id)));
    call_ask(c, store_row(ROW_CONSENTS), DB_VALUES(db_text(in->donor_id)));
    return 0;
}

static int consents_decide(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    struct consent_rows *out = c->out;
    int code = held_read(c, in->donor_id, &out->held, e);
    if (code != 0)
        return code;
    texts_split(c->arena, db_cell_text(&c->answers[OF_HELD], 0, "scopes"), &out->in_force);
    code = rows_take(c, OF_ROWS, &record_consent_row, &out->events, e);
    record_list_cut(&record_consent_rows, out, &out->events, &out->more);
    return code;
}

const struct handler source_consents_verb = {consents_facts, consents_decide, NULL, NULL};

static int reach_facts(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_HELD), DB_VALUES(db_text(in->donor_id)));
    call_ask(c, store_row(ROW_REACH), DB_VALUES(db_text(in->donor_id)));
    return 0;
}

static int reach_decide(struct call *c, struct err *e)
{
    const struct donor_key *in = c->in;
    struct reach_rows *out = c->out;
    int code = held_read(c, in->donor_id, &out->held, e);
    code = code != 0 ? code : rows_take(c, OF_ROWS, &record_reach_row, &out->rows, e);
    record_list_cut(&record_reach_rows, out, &out->rows, &out->more);
    return code;
}

const struct handler source_reach_verb = {reach_facts, reach_decide, NULL, NULL};
