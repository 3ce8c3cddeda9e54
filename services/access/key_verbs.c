/* Acts about people's keys, each by an administrator about somebody else. What the signer does by them it does by the signed
 * statement itself, which whoever signed it hands over. */
#include "access_apply.h"
#include "access_store.h"
#include "record/record.h"
#include "verbs.h"

static int renew_facts(struct call *c, struct err *e)
{
    const struct key_renew *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

/* what the new certificate is to say stands in the statement, for the signer knows no database */
static int renew_decide(struct call *c, struct err *e)
{
    struct key_renew *in = c->in;
    struct person_facts person;
    store_read_person(c, 0, &person);
    int code = access_key_act_allow(&person, in->person_id, in->reason, c->who->person_id, e);
    if (code != 0)
        return code;
    in->name = person.name;
    in->roles = access_roles_list(c->arena, roles_from_text(person.roles));
    return 0;
}

const struct handler access_key_renew_verb = {renew_facts, renew_decide, apply_key_renew, NULL};

static int revoke_facts(struct call *c, struct err *e)
{
    const struct key_revoke *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

/* may be said again: a revocation that was interrupted is finished so */
static int revoke_decide(struct call *c, struct err *e)
{
    const struct key_revoke *in = c->in;
    struct person_facts person;
    store_read_person(c, 0, &person);
    return access_key_act_allow(&person, in->person_id, in->reason, c->who->person_id, e);
}

const struct handler access_key_revoke_verb = {revoke_facts, revoke_decide, apply_key_revoke, NULL};

static int unlock_facts(struct call *c, struct err *e)
{
    const struct key_unlock *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

static int unlock_decide(struct call *c, struct err *e)
{
    const struct key_unlock *in = c->in;
    struct person_facts person;
    store_read_person(c, 0, &person);
    return access_key_act_allow(&person, in->person_id, in->reason, c->who->person_id, e);
}

/* the wrong secrets are counted at the signer: nothing changes here */
const struct handler access_key_unlock_verb = {unlock_facts, unlock_decide, NULL, NULL};

static int open_work_facts(struct call *c, struct err *e)
{
    const struct person_ask *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_OPEN_WORK), DB_VALUES(db_text(in->person_id)));
    return 0;
}

static int open_work_decide(struct call *c, struct err *e)
{
    struct work_rows *out = c->out;
    return rows_take(c, 0, &record_work_row, &out->work, e);
}

const struct handler access_open_work_verb = {open_work_facts, open_work_decide, NULL, NULL};
