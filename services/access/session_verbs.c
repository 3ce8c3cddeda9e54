/* Logging in and out. A login takes its challenge in the facts, so that a challenge serves one attempt, good or bad; what
 * failed is counted from there (R37). The token is answered once; the database keeps its hash. */
#include <string.h>

#include "access_settings.h"
#include "access_store.h"
#include "base/clock.h"
#include "crypto/cms.h"
#include "crypto/digest.h"
#include "record/record.h"
#include "verbs.h"

static struct bytes hash_of(struct arena *a, const char *text)
{
    uint8_t *hash = arena_alloc(a, DIGEST_LEN);
    digest_sha256(text, strlen(text), hash);
    return (struct bytes){hash, DIGEST_LEN};
}

/* 32 random bytes as hex, in the request's arena */
static const char *fresh_hex(struct arena *a)
{
    uint8_t random[DIGEST_LEN];
    random_fill(random, sizeof random);
    const char *hex = hex_text(a, random, sizeof random);
    explicit_bzero(random, sizeof random);
    return hex;
}

static int challenge_facts_ask(struct call *c, struct err *e)
{
    const struct challenge_request *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_CHALLENGE_FACTS),
             DB_VALUES(db_text(in->person_id), db_text(in->terminal_id), db_int(c->now_ms - LOGIN_FAILURES_MS),
                       db_int(c->now_ms)));
    return 0;
}

/* an unknown person gets a challenge too: the answer tells nobody who works here */
static int challenge_decide(struct call *c, struct err *e)
{
    const struct challenge_request *in = c->in;
    struct challenge *out = c->out;
    struct challenge_facts facts = {db_cell_int(&c->answers[0], 0, "failures"), db_cell_int(&c->answers[0], 0, "open")};
    int code = access_challenge_allow(&facts, e);
    if (code != 0) {
        service_log("warn", "login of %s at %s (peer %s): %s", in->person_id, in->terminal_id, c->peer, e->text);
        return code;
    }
    struct login_text *login = ARENA_NEW(c->arena, struct login_text);
    memcpy(login->person_id, in->person_id, strlen(in->person_id) + 1);
    memcpy(login->terminal_id, in->terminal_id, strlen(in->terminal_id) + 1);
    memcpy(login->challenge, fresh_hex(c->arena), sizeof login->challenge);
    login->at_ms = c->now_ms;
    out->login = access_login_text(c->arena, login);
    c->facts = login;
    return 0;
}

static int challenge_apply(struct call *c, struct err *e)
{
    const struct login_text *login = c->facts;
    (void)e;
    db_queue(c->db, store_row(ROW_CHALLENGE_INSERT),
             DB_VALUES(db_bytes(hash_of(c->arena, login->challenge)), db_text(login->person_id), db_text(login->terminal_id),
                       db_int(c->now_ms), db_int(c->now_ms + CHALLENGE_MS)));
    return 0;
}

const struct handler access_challenge_verb = {challenge_facts_ask, challenge_decide, challenge_apply, NULL};

enum { LOGIN_CHALLENGE, LOGIN_PERSON, LOGIN_TERMINAL };   /* answers, in the order asked */

struct login_work {
    struct login_text text;
    const char *token;
    int64_t expires_ms;
};

static int login_facts_ask(struct call *c, struct err *e)
{
    const struct login *in = c->in;
    struct login_work *w = ARENA_NEW(c->arena, struct login_work);
    int code = access_login_parse(in->login, &w->text, e);
    if (code != 0)
        return code;
    c->facts = w;
    call_ask(c, store_row(ROW_CHALLENGE_TAKE), DB_VALUES(db_bytes(hash_of(c->arena, w->text.challenge)), db_int(c->now_ms)));
    store_ask_person(c, w->text.person_id);
    call_ask(c, store_row(ROW_TERMINAL), DB_VALUES(db_text(w->text.terminal_id)));
    return 0;
}

static int login_check(struct call *c, const struct login_work *w, const struct person_facts *person, struct err *e)
{
    const struct login *in = c->in;
    struct cms_signer signer;
    const struct login_facts facts = {
        .challenge_person = db_cell_text(&c->answers[LOGIN_CHALLENGE], 0, "person_id"),
        .challenge_terminal = db_cell_text(&c->answers[LOGIN_CHALLENGE], 0, "terminal_id"),
        .person_state = person->state, .certificate_sha256 = person->certificate_sha256,
        .terminal_key = db_cell_text(&c->answers[LOGIN_TERMINAL], 0, "public_key"),
        .peer = c->peer, .peer_key = c->peer_key};
    int code = access_login_allow(&w->text, &facts, e);
    if (code != 0)
        return code;
    if (service_cms_trust() == NULL)
        return err_fault(e, "no lab root is set: logins cannot be checked");
    const struct bytes text = {(const uint8_t *)in->login, strlen(in->login)};
    code = cms_verify(service_cms_trust(), text, in->signature, c->now_ms, &signer, e);
    if (code > 0) {
        service_log("warn", "login of %s at %s: %s", w->text.person_id, w->text.terminal_id, e->text);
        return err_raise(e, ERR_LOGIN_REFUSED, "signature", "R01", "no such login");
    }
    return code != 0 ? code : access_signer_fits(w->text.person_id, person->certificate_sha256, signer.person_id,
                                                 signer.cert_sha256, e);
}

static void fill_session(struct call *c, const char *person_id, const char *name, const char *terminal_id, unsigned roles,
                         int64_t expires_ms)
{
    struct session *out = c->out;
    out->person_id = person_id;
    out->name = name;
    out->terminal_id = terminal_id;
    out->expires_at = expires_ms;
    for (size_t i = 0; i < words_role.count; i++)
        if ((roles & 1u << i) != 0)
            texts_add(c->arena, &out->roles, words_role.words[i]);
}

static int login_decide(struct call *c, struct err *e)
{
    struct login_work *w = c->facts;
    struct session *out = c->out;
    struct person_facts person;
    store_read_person(c, LOGIN_PERSON, &person);
    int code = login_check(c, w, &person, e);
    if (code != 0) {
        if (code > 0)
            service_log("warn", "login of %s at %s (peer %s) refused: %s", w->text.person_id, w->text.terminal_id, c->peer,
                        e->text);
        return code;
    }
    w->token = fresh_hex(c->arena);
    w->expires_ms = c->now_ms + access_config.session_max_s * 1000;
    fill_session(c, w->text.person_id, person.name, w->text.terminal_id, roles_from_text(person.roles), w->expires_ms);
    out->token = w->token;
    return 0;
}

static int login_apply(struct call *c, struct err *e)
{
    const struct login_work *w = c->facts;
    const char *slot = access_session_slot(c->arena, &w->text, c->peer);
    (void)e;
    db_queue(c->db, store_row(ROW_CHALLENGE_SUCCEED), DB_VALUES(db_bytes(hash_of(c->arena, w->text.challenge))));
    db_queue(c->db, store_row(ROW_SESSION_END_SLOT), DB_VALUES(db_text(slot), db_int(c->now_ms)));
    db_queue(c->db, store_row(ROW_SESSION_INSERT),
             DB_VALUES(db_bytes(hash_of(c->arena, w->token)), db_text(w->text.person_id), db_text(w->text.terminal_id),
                       db_text(slot), db_text(c->peer_key), db_int(c->now_ms), db_int(w->expires_ms)));
    return 0;
}

const struct handler access_login_verb = {login_facts_ask, login_decide, login_apply, NULL};

static int logout_decide(struct call *c, struct err *e)
{
    struct done *out = c->out;
    (void)e;
    out->done = 1;
    return 0;
}

static struct bytes own_token(const struct call *c)
{
    return (struct bytes){c->who->token_sha256, DIGEST_LEN};
}

static int logout_apply(struct call *c, struct err *e)
{
    (void)e;
    db_queue(c->db, store_row(ROW_SESSION_END), DB_VALUES(db_bytes(own_token(c)), db_int(c->now_ms)));
    return 0;
}

const struct handler access_logout_verb = {NULL, logout_decide, logout_apply, NULL};

static int whoami_decide(struct call *c, struct err *e)
{
    struct db_rows rows;
    int code = db_query(c->db, c->arena, store_row(ROW_SESSION_SHOW), DB_VALUES(db_bytes(own_token(c))), &rows, e);
    if (code == 0)
        fill_session(c, c->who->person_id, c->who->name, c->who->terminal_id, c->who->roles,
                     db_cell_int(&rows, 0, "expires_ms"));
    return code;
}

const struct handler access_whoami_verb = {NULL, whoami_decide, NULL, NULL};
