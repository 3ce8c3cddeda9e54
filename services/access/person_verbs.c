/* People: the founder, enrolment, certificates, closing, training, the list. */
#include <string.h>

#include "access_apply.h"
#include "access_settings.h"
#include "access_store.h"
#include "crypto/cms.h"
#include "crypto/digest.h"
#include "record/record.h"
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

static int found_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_PERSON_COUNT), DB_NONE);
    return 0;
}

/* who founds has no session: the signature is checked against the certificate in the body itself */
static int found_actor(struct call *c, struct principal *ret, struct err *e)
{
    const struct person_found *in = c->in;
    char *sha256 = arena_alloc(c->arena, DIGEST_HEX);
    int code = access_found_signer(in, sha256, e);
    if (code != 0)
        return code;
    *ret = (struct principal){.person_id = in->person_id, .name = in->name, .terminal_id = in->terminal_id,
                              .certificate_sha256 = sha256,
                              .roles = roles_from_text(access_roles_text(c->arena, &in->roles))};
    return 0;
}

static int found_decide(struct call *c, struct err *e)
{
    const struct person_found *in = c->in;
    char sha256[DIGEST_HEX];
    if (db_cell_int(&c->answers[0], 0, "n") > 0)
        return err_raise(e, ERR_EXISTS, "person_id", "R01", "the lab is founded already");
    int code = access_name_check(in->name, e);
    if (code == 0)
        code = access_roles_check(&in->roles, e);
    if (code == 0)
        code = access_key_check("terminal_key", in->terminal_key, e);
    return code != 0 ? code : access_found_signer(in, sha256, e);
}

const struct handler access_person_found_verb = {found_facts, found_decide, apply_person_found, found_actor};

static int enrol_facts(struct call *c, struct err *e)
{
    const struct person_enrol *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

static int enrol_decide(struct call *c, struct err *e)
{
    const struct person_enrol *in = c->in;
    struct person_facts person;
    store_read_person(c, 0, &person);
    int code = access_person_new(&person, in->person_id, e);
    if (code == 0)
        code = access_name_check(in->name, e);
    return code != 0 ? code : access_roles_check(&in->roles, e);
}

const struct handler access_person_enrol_verb = {enrol_facts, enrol_decide, apply_person_enrol, NULL};

enum { KEY_PERSON, KEY_CERTIFICATE };   /* answers, in the order asked */

static int key_facts(struct call *c, struct err *e)
{
    const struct key_register *in = c->in;
    uint8_t *hash = arena_alloc(c->arena, DIGEST_LEN);
    (void)e;
    digest_sha256(in->certificate.data, in->certificate.len, hash);
    store_ask_person(c, in->person_id);
    call_ask(c, store_row(ROW_CERTIFICATE), DB_VALUES(db_bytes((struct bytes){hash, DIGEST_LEN})));
    return 0;
}

/* before it is signed there may be no issuing CA to ask: then the chain is judged at commit, which nothing gets round */
static int key_chain(struct call *c, const struct key_register *in, struct err *e)
{
    struct cms_signer signer;
    struct bytes issuer;
    if (!access_issuer(c->signature, &issuer))
        return c->phase == PHASE_PREPARE ? 0 : err_raise(e, ERR_SIGNATURE_REFUSED, "certificate", "5.1-15", "no issuing CA");
    if (service_cms_trust() == NULL)
        return err_fault(e, "no lab root is set: certificates cannot be checked");
    int code = cms_check_certificate(service_cms_trust(), in->certificate, issuer, c->now_ms, &signer, e);
    if (code > 0) {
        char why[sizeof e->text];
        memcpy(why, e->text, sizeof why);
        return err_raise(e, code, "certificate", "5.1-15", "%s", why);
    }
    return code;
}

static int key_decide(struct call *c, struct err *e)
{
    struct key_register *in = c->in;
    struct person_facts person;
    char *sha256 = arena_alloc(c->arena, DIGEST_HEX);
    store_read_person(c, KEY_PERSON, &person);
    int code = access_key_act_allow(&person, in->person_id, NULL, c->who->person_id, e);
    if (code == 0)
        code = access_certificate_check(in->certificate, in->person_id, person.name, person.roles, sha256, e);
    if (code == 0 && c->answers[KEY_CERTIFICATE].rows > 0)
        code = err_raise(e, ERR_EXISTS, "certificate", "5.1-16", "this certificate is registered already");
    if (code == 0)
        code = key_chain(c, in, e);
    in->certificate_sha256 = sha256;
    return code;
}

const struct handler access_key_register_verb = {key_facts, key_decide, apply_key_register, NULL};

static int close_facts(struct call *c, struct err *e)
{
    const struct person_close *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

static int close_decide(struct call *c, struct err *e)
{
    struct person_facts person;
    store_read_person(c, 0, &person);
    return access_close_allow(c->in, &person, c->who->person_id, e);
}

const struct handler access_person_close_verb = {close_facts, close_decide, apply_person_close, NULL};

static int training_facts(struct call *c, struct err *e)
{
    const struct training_record *in = c->in;
    (void)e;
    store_ask_person(c, in->person_id);
    return 0;
}

static int training_decide(struct call *c, struct err *e)
{
    struct person_facts person;
    store_read_person(c, 0, &person);
    return access_training_check(c->in, &person, c->who->person_id, c->now_ms, e);
}

const struct handler access_training_record_verb = {training_facts, training_decide, apply_training_record, NULL};

static int people_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_PEOPLE), DB_NONE);
    return 0;
}

static int people_decide(struct call *c, struct err *e)
{
    struct person_rows *out = c->out;
    return rows_take(c, 0, &record_person_row, &out->people, e);
}

const struct handler access_people_verb = {people_facts, people_decide, NULL, NULL};
