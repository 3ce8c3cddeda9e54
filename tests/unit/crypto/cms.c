#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "unit/crypto/pki.h"

static struct cms_trust *trust(struct pki *p)
{
    struct err e;
    struct cms_trust *t = cms_trust_new(certificate_to_pem(p->a, p->root), &e);
    assert_non_null(t);
    return t;
}

static void trust_done(struct cms_trust **t)
{
    cms_trust_free(*t);
}

static struct bytes sign(struct pki *p, const struct signing_key *key, const char *text)
{
    struct bytes p7s;
    struct err e;
    assert_int_equal(cms_sign(p->a, key, pki_bytes(text), clock_ms(), &p7s, &e), 0);
    return p7s;
}

CASE(F_signature_verifies_and_says_who_signed)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE);
    for (int i = 0; i < 3; i++)   /* unknown, then remembered */
        assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), p7s, clock_ms(), &who, &e), 0);
    assert_string_equal(who.person_id, "U-7");
    assert_string_equal(who.common_name, "Jörg Møller");
    assert_string_equal(who.roles, "technician,qa");
    assert_string_equal(who.cert_sha256, certificate_facts(p->person)->sha256);
}

CASE(F_signature_is_cades_for_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    pki_write(p, "act", pki_bytes(SAMPLE));
    pki_write(p, "act.p7s", sign(p, &p->person_signs, SAMPLE));
    assert_int_equal(pki_run(p, "openssl cms -verify -cades -binary -inform DER -in @act.p7s -content @act -purpose any "
                                "-no-CApath -no-CAstore -CAfile @root.pem -out @out"), 0);
    pki_write(p, "act", pki_bytes(SAMPLE "x"));
    assert_int_not_equal(pki_run(p, "openssl cms -verify -cades -binary -inform DER -in @act.p7s -content @act -purpose any "
                                    "-no-CApath -no-CAstore -CAfile @root.pem -out @out"), 0);
}

/* as an auditor's other tools would sign */
CASE(F_signature_by_the_openssl_command_is_accepted)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    pki_write(p, "act", pki_bytes(SAMPLE));
    assert_int_equal(pki_run(p, "openssl cms -sign -cades -nosmimecap -binary -md sha256 -in @act -signer @person.pem -inkey @person.key "
                                "-certfile @issuing.pem -outform DER -out @act.p7s"), 0);
    assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), pki_read(p, "act.p7s"), clock_ms(), &who, &e), 0);
}

CASE(F_signature_of_a_manifest_by_the_audit_service)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    const char *manifest = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    assert_int_equal(cms_verify(t, pki_bytes(manifest), sign(p, &p->audit_signs, manifest), clock_ms(), &who, &e), 0);
    assert_string_equal(who.common_name, "audit");
    assert_string_equal(who.person_id, "");
}

CASE(F_signature_of_anything_else_is_not_made)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s;
    struct err e;
    assert_int_equal(cms_sign(p->a, &p->person_signs, pki_bytes("1\x0d attributes"), clock_ms(), &p7s, &e), ERR_SIGNATURE_REFUSED);
    assert_int_equal(cms_sign(p->a, &p->person_signs, pki_bytes(""), clock_ms(), &p7s, &e), ERR_SIGNATURE_REFUSED);
}

CASE(F_signature_carries_the_time_it_was_given)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s;
    struct err e;
    int64_t at = 0;
    assert_true(clock_from_text("2031-02-03T04:05:06.789Z", 24, &at));
    assert_int_equal(cms_sign(p->a, &p->person_signs, pki_bytes(SAMPLE), at, &p7s, &e), 0);
    bool found = false;
    for (size_t i = 0; i + 13 <= p7s.len; i++)
        found = found || !memcmp(p7s.data + i, "310203040506Z", 13);
    assert_true(found);
}

CASE(F_signature_holds_for_its_bytes_alone)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE);
    char *other = arena_text(p->a, SAMPLE);
    other[strlen(other) - 2] ^= 1;
    assert_int_equal(cms_verify(t, pki_bytes(other), p7s, clock_ms(), &who, &e), ERR_SIGNATURE_REFUSED);
    assert_string_equal(e.text, "the signature is over other bytes");
}

/* no byte of a signature may change, save the claimed signingTime's that the signature itself protects */
CASE(F_signature_with_any_byte_changed_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE);
    char *changed = arena_dup(p->a, p7s.data, p7s.len);
    for (size_t i = 0; i < p7s.len; i++) {
        for (int bit = 0; bit < 8; bit += 3) {
            changed[i] = (char)(changed[i] ^ (1 << bit));
            if (!cms_verify(t, pki_bytes(SAMPLE), (struct bytes){(uint8_t *)changed, p7s.len}, clock_ms(), &who, &e))
                fail_msg("byte %zu may be changed", i);
            changed[i] = (char)(changed[i] ^ (1 << bit));
        }
    }
}

CASE(F_signature_cut_anywhere_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE);
    for (size_t len = 0; len < p7s.len; len++) {
        /* a copy of exactly that length, so that reading past it is seen */
        struct arena *a = arena_new(0);
        struct bytes cut = {(const uint8_t *)arena_dup(a, p7s.data, len), len};
        assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), cut, clock_ms(), &who, &e), ERR_SIGNATURE_REFUSED);
        arena_free(a);
    }
}

CASE(F_signature_is_judged_at_the_entrys_time)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE), text = pki_bytes(SAMPLE);
    const struct certificate_facts *f = certificate_facts(p->person);
    assert_int_equal(cms_verify(t, text, p7s, f->not_before_ms - 1, &who, &e), ERR_SIGNATURE_REFUSED);
    assert_non_null(strstr(e.text, "not yet valid"));
    assert_int_equal(cms_verify(t, text, p7s, f->not_before_ms + 2000, &who, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, f->not_after_ms - 2000, &who, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, f->not_after_ms + 1000, &who, &e), ERR_SIGNATURE_REFUSED);
    assert_non_null(strstr(e.text, "expired"));
}

CASE(F_signature_by_a_revoked_certificate_is_refused_from_then_on)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    int64_t now = clock_ms() / 1000 * 1000;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE), text = pki_bytes(SAMPLE), crl;
    const struct ca_revoked gone = {certificate_facts(p->person)->serial, now + 100000, 0};
    assert_int_equal(cms_verify(t, text, p7s, now + 200000, &who, &e), 0);
    assert_int_equal(ca_crl(p->a, &(struct ca){p->issuing, p->issuing_key}, &gone, 1, 2, &crl, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, crl, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, now + 99999, &who, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, now + 100000, &who, &e), ERR_SIGNATURE_REFUSED);
    assert_non_null(strstr(e.text, "revoked"));
    struct bytes audit = sign(p, &p->audit_signs, SAMPLE);
    assert_int_equal(cms_verify(t, text, audit, now + 200000, &who, &e), 0);
}

/* Dates in a CRL are whole seconds: what was signed earlier in the second of the revocation stands. */
CASE(F_signature_in_the_second_of_the_revocation_stands)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    int64_t now = clock_ms() / 1000 * 1000;
    struct bytes p7s = sign(p, &p->person_signs, SAMPLE), text = pki_bytes(SAMPLE), crl;
    const struct ca_revoked gone = {certificate_facts(p->person)->serial, now + 100250, 0};
    assert_int_equal(ca_crl(p->a, &(struct ca){p->issuing, p->issuing_key}, &gone, 1, 2, &crl, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, crl, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, now + 100249, &who, &e), 0);
    assert_int_equal(cms_verify(t, text, p7s, now + 101000, &who, &e), ERR_SIGNATURE_REFUSED);
}

CASE(F_signature_under_a_revoked_issuing_ca_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    int64_t now = clock_ms();
    struct bytes crl, p7s = sign(p, &p->person_signs, SAMPLE);
    const struct ca_revoked gone = {certificate_facts(p->issuing)->serial, now - 5000, 0};
    assert_int_equal(ca_crl(p->a, &(struct ca){p->root, p->root_key}, &gone, 1, 1, &crl, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, crl, &e), 0);
    assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), p7s, now, &who, &e), ERR_SIGNATURE_REFUSED);
}

CASE(F_signature_the_newest_crl_of_the_issuer_counts)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    int64_t now = clock_ms();
    const struct ca ca = {p->issuing, p->issuing_key};
    const struct ca_revoked gone = {certificate_facts(p->person)->serial, now - 5000, 0};
    struct bytes older, newer, p7s = sign(p, &p->person_signs, SAMPLE);
    assert_int_equal(ca_crl(p->a, &ca, &gone, 1, 3, &newer, &e), 0);
    clock_set(now - 3600000);
    assert_int_equal(ca_crl(p->a, &ca, NULL, 0, 2, &older, &e), 0);
    clock_set(TIME_ABSENT);
    assert_int_equal(cms_trust_add_crl(t, newer, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, older, &e), 0);
    assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), p7s, now, &who, &e), ERR_SIGNATURE_REFUSED);
}

CASE(F_signature_a_crl_by_a_stranger_counts_for_nothing)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(trust_done) struct cms_trust *t = trust(p);
    struct cms_signer who;
    struct err e;
    CLEANUP(key_done) struct key *key = NULL;
    CLEANUP(certificate_done) struct certificate *stranger = NULL;
    const struct ca_request same_name = {CA_ROOT, "Lab issuing CA", NULL, NULL, 10};
    assert_int_equal(key_new(KEY_P256, &key, &e), 0);
    assert_int_equal(ca_found(&same_name, key, &stranger, &e), 0);
    const struct ca_revoked gone = {certificate_facts(p->person)->serial, clock_ms() - 5000, 0};
    struct bytes crl, p7s = sign(p, &p->person_signs, SAMPLE);
    assert_int_equal(ca_crl(p->a, &(struct ca){stranger, key}, &gone, 1, 9, &crl, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, crl, &e), 0);
    assert_int_equal(cms_verify(t, pki_bytes(SAMPLE), p7s, clock_ms(), &who, &e), 0);
    assert_int_equal(cms_trust_add_crl(t, pki_bytes("no crl"), &e), ERR_SIGNATURE_REFUSED);
}

CASE(F_signature_trust_needs_a_root)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct err e;
    assert_null(cms_trust_new("", &e));
    assert_null(cms_trust_new(certificate_to_pem(p->a, p->issuing), &e));
    assert_null(cms_trust_new(certificate_to_pem(p->a, p->person), &e));
}
