/* A WebAuthn authenticator beside the secret, as the lab's policy asks for it. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/totp.h"
#include "signer_lab.h"
#include "signer_store.h"
#include "unit/crypto/authenticator.h"

#define SECRET "correct horse"

static struct err e;
static const uint8_t device[TOTP_KEY_LEN] = "a device of U-7 here";

/* U-7's authenticator; each assertion counts one more */
struct token {
    struct lab *l;
    struct key *key;
    struct bytes public_key;
    uint32_t counter;
};

static struct token token_new(struct lab *l)
{
    struct token t = {.l = l};
    l->options.site = (struct webauthn_site){"lab.example", "https://lab.example", true};
    assert_int_equal(key_new(KEY_P256, &t.key, &e), 0);
    t.public_key = authenticator_public(l->a, t.key);
    return t;
}

static void token_end(struct token *t) { key_done(&t->key); }

static struct webauthn_assertion asserted(struct token *t, struct bytes text)
{
    struct answered w = answered_new(t->key, text);
    w.counter = ++t->counter;
    return answered_sign(t->l->a, &w);
}

static struct signer_request asks(struct lab *l, const struct webauthn_assertion *with)
{
    return (struct signer_request){"T-WEB", "U-7", l->now_ms, with};
}

static struct bytes about(struct token *t)
{
    return pki_bytes(arena_printf(t->l->a, "stemma-authenticator/1 U-7 %s %s", base64_of(t->l->a, "an id", 5),
                                  base64_of(t->l->a, t->public_key.data, t->public_key.len)));
}

static int set_with(struct token *t, const char *secret, const struct webauthn_assertion *made)
{
    const struct signer_request q = asks(t->l, made);
    const struct signer_authenticator new = {.id = pki_bytes("an id"), .public_key = t->public_key};
    return signer_authenticator_set(t->l->signer, t->l->a, &q, lab_seal(t->l, about(t), secret), &new, &e);
}

static int set(struct token *t, const char *secret)
{
    struct webauthn_assertion made = asserted(t, about(t));
    return set_with(t, secret, &made);
}

static struct bytes act(struct lab *l) { return lab_act(l, "batch.open", "B-1", "U-7", "{}\n"); }

static int sign_with(struct lab *l, const char *secret, const struct webauthn_assertion *with)
{
    const struct signer_request q = asks(l, with);
    struct bytes p7s;
    return signer_sign(l->signer, l->a, &q, act(l), lab_seal(l, act(l), secret), &p7s, &e);
}

static int sign(struct token *t, const char *secret)
{
    struct webauthn_assertion made = asserted(t, act(t->l));
    return sign_with(t->l, secret, &made);
}

static int prove(struct lab *l, const struct webauthn_assertion *with)
{
    const struct signer_request q = asks(l, with);
    struct signer_proof proof;
    return signer_prove(l->signer, l->a, &q, lab_login(l, "U-7"), lab_seal(l, lab_login(l, "U-7"), SECRET), &proof, &e);
}

static int change(struct token *t, bool with, struct bytes new)
{
    char sha256[DIGEST_HEX];
    struct webauthn_assertion made = asserted(t, pki_bytes(arena_printf(t->l->a, "U-7 %s", digest_hex(new.data, new.len, sha256))));
    const struct signer_request q = asks(t->l, with ? &made : NULL);
    return signer_change_secret(t->l->signer, t->l->a, &q, lab_seal(t->l, pki_bytes("U-7"), SECRET), new, &e);
}

static const char *with_code(struct lab *l, int64_t at_ms)
{
    return arena_printf(l->a, SECRET "\n%06u", totp_code(device, sizeof device, at_ms / TOTP_STEP_MS, TOTP_DIGITS));
}

static int set_codes(struct lab *l)
{
    const struct signer_request q = asks(l, NULL);
    struct bytes text = pki_bytes("stemma-totp/1 U-7"), key;
    assert_int_equal(seal_to(l->a, l->point, text, (struct bytes){device, sizeof device}, &key, &e), 0);
    return signer_totp_set(l->signer, l->a, &q, lab_seal(l, text, with_code(l, l->now_ms)), key, &e);
}

static int64_t failures(struct lab *l)
{
    struct signer_key_state *keys;
    size_t count;
    assert_int_equal(signer_keys(l->signer, l->a, l->now_ms, &keys, &count, &e), 0);
    assert_int_equal(count, 1);
    return keys[0].failures;
}

CASE(P11_19_an_authenticator_is_asked_for_at_logins_changes_of_the_secret_or_each_act_as_the_policy_says)
{
    static const struct {
        enum second_factor policy;
        int login, act, change;
    } rows[] = {{SECOND_FACTOR_OFF, 0, 0, 0},
                {SECOND_FACTOR_LOGIN, ERR_CODE_MISSING, 0, ERR_CODE_MISSING},
                {SECOND_FACTOR_ACT, ERR_CODE_MISSING, ERR_CODE_MISSING, ERR_CODE_MISSING}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(lab_done) struct lab *l = lab_new();
        CLEANUP(token_end) struct token t = token_new(l);
        struct bytes same = lab_seal(l, pki_bytes("U-7"), SECRET);
        assert_int_equal(set(&t, SECRET), 0);
        l->options.second_factor = rows[i].policy;
        assert_int_equal(prove(l, NULL), rows[i].login);
        assert_int_equal(sign_with(l, SECRET, NULL), rows[i].act);
        assert_int_equal(change(&t, false, same), rows[i].change);
        struct webauthn_assertion made = asserted(&t, lab_login(l, "U-7"));
        assert_int_equal(prove(l, &made), 0);
        assert_int_equal(sign(&t, SECRET), 0);
        assert_int_equal(change(&t, true, same), 0);
        assert_int_equal(failures(l), 0);
    }
}

CASE(P11_19_an_assertion_signs_what_it_is_about_and_nothing_else)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    struct webauthn_assertion other = asserted(&t, lab_act(l, "batch.note", "B-1", "U-7", "{}\n")), of_login = asserted(&t, lab_login(l, "U-7"));
    assert_int_equal(sign_with(l, SECRET, &other), ERR_SECRET_WRONG);
    assert_int_equal(sign_with(l, SECRET, &of_login), ERR_SECRET_WRONG);
    struct bytes one = lab_seal(l, pki_bytes("U-7"), "another secret");
    struct webauthn_assertion of_another = asserted(&t, pki_bytes("U-7"));
    const struct signer_request q = asks(l, &of_another);
    assert_int_equal(signer_change_secret(l->signer, l->a, &q, lab_seal(l, pki_bytes("U-7"), SECRET), one, &e), ERR_SECRET_WRONG);
    assert_int_equal(sign(&t, SECRET), 0);
}

CASE(P11_19_an_assertion_serves_once_and_a_restart_forgets_none)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    struct webauthn_assertion early = asserted(&t, act(l)), once = asserted(&t, act(l));
    assert_int_equal(sign_with(l, SECRET, &once), 0);
    assert_int_equal(sign_with(l, SECRET, &once), ERR_SECRET_WRONG);
    signer_free(l->signer);
    lab_open(l);
    assert_int_equal(sign_with(l, SECRET, &once), ERR_SECRET_WRONG);
    assert_int_equal(sign_with(l, SECRET, &early), ERR_SECRET_WRONG);
    assert_int_equal(sign(&t, SECRET), 0);
}

CASE(P11_19_a_wrong_assertion_counts_as_a_wrong_secret_and_reads_like_one)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l), thief = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    thief.counter = 100;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(failures(l), i);
        assert_int_equal(i % 2 == 0 ? sign(&thief, SECRET) : sign(&t, "wrong"), ERR_SECRET_WRONG);
    }
    assert_int_equal(sign(&t, SECRET), ERR_KEY_LOCKED);
}

/* a missing assertion is no try, and its refusal does not tell a right secret from a wrong one */
CASE(P11_19_what_is_missing_is_said_before_the_secret_is_tried)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    assert_int_equal(sign_with(l, "wrong", NULL), ERR_CODE_MISSING);
    assert_int_equal(sign_with(l, SECRET "\n123456", NULL), ERR_CODE_MISSING);
    assert_string_equal(e.field, "second_factor");
    assert_int_equal(failures(l), 0);
}

CASE(P11_19_an_authenticator_is_registered_once_by_who_has_secret_and_device)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l), other = token_new(l);
    assert_int_equal(set(&t, "wrong"), ERR_SECRET_WRONG);
    assert_int_equal(failures(l), 1);
    assert_int_equal(set_with(&t, SECRET, NULL), ERR_FIELD_MISSING);
    struct webauthn_assertion by_other = asserted(&other, about(&t)), of_other = asserted(&t, act(l));
    assert_int_equal(set_with(&t, SECRET, &by_other), ERR_SIGNATURE_REFUSED);
    assert_int_equal(set_with(&t, SECRET, &of_other), ERR_SIGNATURE_REFUSED);
    assert_int_equal(set(&t, SECRET), 0);
    assert_int_equal(failures(l), 0);
    assert_int_equal(set(&other, SECRET), ERR_EXISTS);
    assert_int_equal(set(&t, SECRET), ERR_EXISTS);
    assert_non_null(strstr(lab_journal(l), " authenticator_set T-WEB U-7 "));
}

/* who learnt the secret does not get round the codes by an authenticator of their own */
CASE(P11_19_who_has_codes_gives_one_to_register_an_authenticator)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set_codes(l), 0);
    assert_int_equal(set(&t, SECRET), ERR_CODE_MISSING);
    assert_int_equal(set(&t, with_code(l, l->now_ms)), ERR_SECRET_WRONG);
    assert_int_equal(failures(l), 1);
    l->now_ms += TOTP_STEP_MS;
    assert_int_equal(set(&t, with_code(l, l->now_ms)), 0);
    /* from now on the authenticator serves, and no code does */
    l->options.second_factor = SECOND_FACTOR_ACT;
    l->now_ms += TOTP_STEP_MS;
    assert_int_equal(sign_with(l, with_code(l, l->now_ms), NULL), ERR_CODE_MISSING);
    assert_int_equal(sign(&t, SECRET), 0);
}

CASE(P11_19_who_has_an_authenticator_sets_up_no_codes)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    assert_int_equal(set_codes(l), ERR_EXISTS);
}

CASE(P11_19_a_lab_without_an_rp_id_takes_codes_alone)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    struct signer_authenticator known;
    l->options.site = (struct webauthn_site){"", "", false};
    assert_int_equal(set(&t, SECRET), ERR_STATE_FORBIDS);
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "U-7", &known, &e), 0);
    assert_string_equal(known.rp_id, "");
    assert_int_equal(set_codes(l), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    l->now_ms += TOTP_STEP_MS;
    assert_int_equal(sign_with(l, with_code(l, l->now_ms), NULL), 0);
}

CASE(P11_19_a_page_is_told_the_credential_and_an_unknown_person_has_none)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    struct signer_authenticator known;
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "U-7", &known, &e), 0);
    assert_string_equal(known.rp_id, "lab.example");
    assert_int_equal(known.id.len, 0);
    assert_int_equal(set(&t, SECRET), 0);
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "U-7", &known, &e), 0);
    assert_int_equal(known.id.len, 5);
    assert_memory_equal(known.id.data, "an id", 5);
    assert_true(known.user_verified);
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "U-404", &known, &e), 0);
    assert_int_equal(known.id.len, 0);
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "../U-7", &known, &e), ERR_FIELD_TYPE);
}

/* a damaged file is no way round it */
CASE(P11_19_a_damaged_file_of_an_authenticator_signs_nothing)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    assert_int_equal(set(&t, SECRET), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    struct bytes whole = pki_read(l->p, "keys/U-7.webauthn");
    for (size_t len = 0; len < whole.len; len += 7) {
        pki_write(l->p, "keys/U-7.webauthn", (struct bytes){whole.data, len});
        assert_int_equal(sign(&t, SECRET), ERR_FAULT);
    }
    pki_write(l->p, "keys/U-7.webauthn", whole);
    assert_int_equal(sign(&t, SECRET), 0);
}

/* who lost theirs is renewed like who lost a key: with it all that lay beside it goes */
CASE(P11_19_a_destroyed_key_takes_its_authenticator_with_it)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(token_end) struct token t = token_new(l);
    struct signer_authenticator known;
    assert_int_equal(set(&t, SECRET), 0);
    assert_int_equal(store_destroy(l->a, l->options.keys, "U-7", &e), 0);
    assert_int_equal(signer_authenticator_of(l->signer, l->a, "U-7", &known, &e), 0);
    assert_int_equal(known.id.len, 0);
}
