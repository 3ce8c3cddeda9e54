/* The periodic review of accounts (21 CFR 11.300(b)): QA says of each whether it is still needed as it is. What a review wants changed an
 * administrator changes, by acts of their own; until then the account stands as due. */
#include "access_apply.h"
#include "access_settings.h"
#include "access_store.h"
#include "record/record.h"
#include "verbs.h"

static int review_facts(struct call *c, struct err *e)
{
    const struct account_review *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

static int review_decide(struct call *c, struct err *e)
{
    struct account_review *in = c->in;
    struct person_facts person;
    store_read_person(c, 0, &person);
    if (in->review_days == INTEGER_ABSENT)
        in->review_days = access_config.account_review_days;
    int code = access_review_check(in, &person, c->who->person_id, access_config.account_review_days, e);
    if (code == 0)
        in->roles = access_roles_list(c->arena, roles_from_text(person.roles));
    return code;
}

const struct handler access_account_review_verb = {review_facts, review_decide, apply_account_review, NULL};

#define ACCOUNTS_MOST 1000

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_REVIEWS), DB_VALUES(db_int(c->now_ms), db_int(access_config.account_review_days)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct account_rows *out = c->out;
    struct db_rows *rows = &c->answers[0];
    if (rows->rows > ACCOUNTS_MOST) {
        out->more = 1;
        rows->rows = ACCOUNTS_MOST;
    }
    return rows_take(c, 0, &record_account_row, &out->accounts, e);
}

const struct handler access_account_reviews_verb = {list_facts, list_decide, NULL, NULL};
