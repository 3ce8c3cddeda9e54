/* Keys in a PKCS#11 token, against SoftHSM. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "unit/crypto/softtoken.h"

static const struct key_cost cheap = {64, 1};

#define TOKEN                                                                     \
    CLEANUP(pki_done) struct pki *p = pki_new();                                  \
    soft_token(p);                                                                \
    CLEANUP(token_done) struct token *t = soft_token_open(SOFT_LABEL);            \
    struct err e;                                                                 \
    assert_int_equal(token_prepare(t, &e), 0)

/* a certificate of ${key} for U-9 */
static struct certificate *certified(struct pki *p, const struct key *key)
{
    const struct ca_request r = {CA_PERSON, "Token Holder", "U-9", "qa", 100};
    struct certificate *c = NULL;
    struct err e;
    if (ca_issue(&(struct ca){p->issuing, p->issuing_key}, &r, key, &c, &e) != 0)
        fail_msg("%s", e.text);
    return c;
}

static int signed_by(struct pki *p, const struct key *key, const struct certificate *c, struct err *e)
{
    CLEANUP(key_done) struct key *none = NULL;
    struct cms_trust *trust = cms_trust_new(certificate_to_pem(p->a, p->root), e);
    struct cms_signer who;
    struct bytes p7s;
    int code = cms_sign(p->a, &(struct signing_key){key, c, p->issuing}, pki_bytes(SAMPLE), clock_ms(), &p7s, e);
    if (code == 0)
        code = cms_verify(trust, pki_bytes(SAMPLE), p7s, clock_ms(), &who, e);
    if (code == 0)
        assert_string_equal(who.person_id, "U-9");
    cms_trust_free(trust);
    return code;
}

CASE(L16_token_makes_a_key_whose_signature_verifies_like_any_other)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL, *used = NULL;
    uint8_t point[KEY_POINT_LEN];
    struct bytes wrapped;
    assert_int_equal(token_key_new(p->a, t, &key, &wrapped, &e), 0);
    CLEANUP(certificate_done) struct certificate *c = certified(p, key);
    assert_true(certificate_fits(c, key));
    assert_int_equal(signed_by(p, key, c, &e), 0);
    certificate_point(c, point);
    assert_int_equal(token_key_use(t, wrapped, point, &used, &e), 0);
    if (signed_by(p, used, c, &e) != 0)
        fail_msg("%s", e.text);
}

CASE(P11_22_a_key_of_a_token_cannot_be_taken_out)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL;
    struct bytes wrapped, file;
    assert_int_equal(token_key_new(p->a, t, &key, &wrapped, &e), 0);
    assert_null(key_to_pem(p->a, key, &e));
    assert_int_not_equal(key_lock(p->a, key, pki_bytes("x"), &cheap, &file, &e), 0);
}

CASE(P11_22_what_was_wrapped_serves_in_its_token_alone_and_whole)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL, *used = NULL;
    uint8_t point[KEY_POINT_LEN];
    struct bytes wrapped;
    assert_int_equal(token_key_new(p->a, t, &key, &wrapped, &e), 0);
    assert_true(key_point(key, point));
    uint8_t *spoilt = arena_alloc(p->a, wrapped.len);
    memcpy(spoilt, wrapped.data, wrapped.len);
    for (size_t i = 0; i < wrapped.len; i += 7) {
        spoilt[i] ^= 1;
        assert_int_equal(token_key_use(t, (struct bytes){spoilt, wrapped.len}, point, &used, &e), ERR_FAULT);
        spoilt[i] ^= 1;
    }
    key = key_free(key);
    t = token_free(t);
    soft_token_more(p, "another");
    t = soft_token_open("another");
    assert_int_equal(token_key_use(t, wrapped, point, &used, &e), ERR_FAULT);   /* not prepared */
    assert_int_equal(token_prepare(t, &e), 0);
    assert_int_equal(token_key_use(t, wrapped, point, &used, &e), ERR_FAULT);
    assert_null(used);
}

/* a key that does not fit the certified point signs nothing that leaves the process */
CASE(L16_a_signature_by_another_key_than_the_certified_one_is_not_handed_out)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL, *other = NULL, *used = NULL;
    uint8_t point[KEY_POINT_LEN];
    struct bytes wrapped, others;
    assert_int_equal(token_key_new(p->a, t, &key, &wrapped, &e), 0);
    assert_int_equal(token_key_new(p->a, t, &other, &others, &e), 0);
    CLEANUP(certificate_done) struct certificate *c = certified(p, key);
    certificate_point(c, point);
    assert_int_equal(token_key_use(t, others, point, &used, &e), 0);
    assert_int_equal(signed_by(p, used, c, &e), ERR_FAULT);
}

CASE(R01_an_authoritys_key_stays_in_the_token_under_its_label)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL, *again = NULL;
    CLEANUP(certificate_done) struct certificate *issuing = NULL, *person = NULL;
    const struct ca_request ca = {CA_ISSUING, "Issuing in a token", NULL, NULL, 100};
    const struct ca_request r = {CA_PERSON, "Token Holder", "U-9", "qa", 100};
    struct bytes crl;
    assert_int_equal(token_key_find(t, "stemma-issuing", &again, &e), ERR_NOT_FOUND);
    assert_int_equal(token_key_keep(t, "stemma-issuing", &key, &e), 0);
    assert_int_equal(token_key_keep(t, "stemma-issuing", &again, &e), ERR_EXISTS);
    assert_int_equal(ca_issue(&(struct ca){p->root, p->root_key}, &ca, key, &issuing, &e), 0);
    key = key_free(key);
    t = token_free(t);
    t = soft_token_open(SOFT_LABEL);
    assert_int_equal(token_key_find(t, "stemma-issuing", &again, &e), 0);
    assert_true(certificate_fits(issuing, again));
    assert_int_equal(ca_issue(&(struct ca){issuing, again}, &r, p->person_key, &person, &e), 0);
    assert_int_equal(ca_crl(p->a, &(struct ca){issuing, again}, NULL, 0, 1, &crl, &e), 0);
    pki_write(p, "t_issuing.pem", pki_bytes(certificate_to_pem(p->a, issuing)));
    pki_write(p, "t_person.pem", pki_bytes(certificate_to_pem(p->a, person)));
    pki_write(p, "t.crl", crl);
    assert_int_equal(pki_run(p, "openssl verify -x509_strict -no-CApath -no-CAstore -CAfile @root.pem -untrusted @t_issuing.pem @t_person.pem"), 0);
    assert_int_equal(pki_run(p, "openssl crl -in @t.crl -CAfile @t_issuing.pem -noout"), 0);
}

CASE(R01_a_token_opens_with_its_pin_alone)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct token *t = NULL;
    struct err e;
    soft_token(p);
    assert_int_equal(token_open(&(struct token_place){SOFT_TOKEN, SOFT_LABEL}, pki_bytes("0000"), &t, &e), ERR_FAULT);
    assert_int_equal(token_open(&(struct token_place){SOFT_TOKEN, "nobody's"}, pki_bytes(SOFT_PIN), &t, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "nobody's"));
    assert_int_equal(token_open(&(struct token_place){"/nonexistent.so", SOFT_LABEL}, pki_bytes(SOFT_PIN), &t, &e), ERR_FAULT);
    assert_null(t);
    t = soft_token_open(SOFT_LABEL);
    assert_true(token_answers(t));
    token_free(t);
}

CASE(R01_a_wrapped_key_is_locked_under_the_persons_secret_besides)
{
    TOKEN;
    CLEANUP(key_done) struct key *key = NULL, *used = NULL;
    struct bytes wrapped, file, back;
    assert_int_equal(token_key_new(p->a, t, &key, &wrapped, &e), 0);
    assert_int_equal(key_lock_wrapped(p->a, wrapped, pki_bytes("correct horse"), &cheap, &file, &e), 0);
    assert_true(key_file_is_wrapped(file));
    assert_null(memmem(file.data, file.len, wrapped.data, 8));
    assert_int_equal(key_unlock(file, pki_bytes("correct horse"), &used, &e), ERR_BODY_MALFORMED);
    assert_int_equal(key_unlock_wrapped(p->a, file, pki_bytes("wrong horse"), &back, &e), ERR_SECRET_WRONG);
    assert_int_equal(key_unlock_wrapped(p->a, file, pki_bytes("correct horse"), &back, &e), 0);
    assert_true(back.len == wrapped.len && memcmp(back.data, wrapped.data, back.len) == 0);
}
