/* The forgeries of ledger.md §4.3, most of which the openssl command line accepts. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/cms_walk.h"
#include "unit/crypto/pki_forge.h"

static int judge_text(struct pki *p, const char *text, struct bytes p7s, struct err *e)
{
    struct cms_signer who;
    struct cms_trust *t = cms_trust_new(certificate_to_pem(p->a, p->root), e);
    assert_non_null(t);
    int rc = cms_verify(t, pki_bytes(text), p7s, clock_ms(), &who, e);
    cms_trust_free(t);
    return rc;
}

static void refused(struct pki *p, struct bytes p7s, const char *why)
{
    struct err e;
    assert_int_equal(judge_text(p, SAMPLE, p7s, &e), ERR_SIGNATURE_REFUSED);
    if (!strstr(e.text, why))
        fail_msg("refused because `%s`, not `%s`", e.text, why);
}

/* Let the openssl command sign SAMPLE with further ${options}; what it makes must verify with it. */
static struct bytes made_by_openssl(struct pki *p, const char *options)
{
    pki_write(p, "act", pki_bytes(SAMPLE));
    assert_int_equal(pki_run(p, arena_printf(p->a, "openssl cms -sign -nosmimecap -binary -in @act -outform DER -out @act.p7s %s", options)), 0);
    return pki_read(p, "act.p7s");
}

#define OPENSSL_VERIFY "openssl cms -verify -cades -binary -inform DER -in @act.p7s -content @act -purpose any -out @out "
#define AS_PERSON "-md sha256 -signer @person.pem -inkey @person.key -certfile @issuing.pem "

static void chain_file(struct pki *p)
{
    const char *pem = arena_printf(p->a, "%s%s", certificate_to_pem(p->a, p->issuing), certificate_to_pem(p->a, p->root));
    pki_write(p, "chain.pem", pki_bytes(pem));
}

static struct bytes good(struct pki *p)
{
    struct bytes p7s;
    struct err e;
    assert_int_equal(cms_sign(p->a, &p->person_signs, pki_bytes(SAMPLE), clock_ms(), &p7s, &e), 0);
    return p7s;
}

/* A good signature's attributes become the content of a signature without attributes. */
CASE(L14_signature_forged_from_signed_attributes_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes content, forged = pki_from_attributes(p, good(p), &content);
    struct err e;
    pki_write(p, "act", content);
    pki_write(p, "act.p7s", forged);
    assert_int_equal(pki_run(p, OPENSSL_VERIFY "-CAfile @root.pem"), 0);   /* the trap is real */
    refused(p, forged, "no signed attributes");
    struct cms_signer who;
    struct cms_trust *t = cms_trust_new(certificate_to_pem(p->a, p->root), &e);
    assert_int_equal(cms_verify(t, content, forged, clock_ms(), &who, &e), ERR_SIGNATURE_REFUSED);
    cms_trust_free(t);
}

CASE(L14_signature_without_attributes_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s = pki_without_attributes(p, pki_bytes(SAMPLE));
    pki_write(p, "act", pki_bytes(SAMPLE));
    pki_write(p, "act.p7s", p7s);
    assert_int_equal(pki_run(p, OPENSSL_VERIFY "-CAfile @root.pem"), 0);
    refused(p, p7s, "no signed attributes");
}

CASE(L14_signature_without_cades_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, AS_PERSON), "attribute is missing");
}

CASE(F_signature_with_a_fifth_attribute_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    pki_write(p, "act", pki_bytes(SAMPLE));
    assert_int_equal(pki_run(p, "openssl cms -sign -cades -binary -in @act -outform DER -out @act.p7s " AS_PERSON), 0);
    refused(p, pki_read(p, "act.p7s"), "the signed attributes are not");   /* S/MIME capabilities */
}

CASE(L15_signature_under_a_rogue_root_is_refused_whatever_the_machine_trusts)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(pki_done) struct pki *rogue = pki_new();
    struct err e;
    struct bytes p7s;
    assert_int_equal(cms_sign(p->a, &rogue->person_signs, pki_bytes(SAMPLE), clock_ms(), &p7s, &e), 0);
    pki_write(p, "act", pki_bytes(SAMPLE));
    pki_write(p, "act.p7s", p7s);
    pki_write(rogue, "rogue.crt", pki_bytes(certificate_to_pem(p->a, rogue->root)));
    assert_int_equal(pki_run(rogue, "openssl rehash @"), 0);
    setenv("SSL_CERT_DIR", rogue->dir, 1);
    assert_int_equal(pki_run(p, OPENSSL_VERIFY "-CAfile @tsaroot.pem"), 0);   /* the trap is real */
    /* the only root given has another name, so that nothing but the machine's folder could answer for the rogue's */
    struct bytes root = pki_read(p, "tsaroot.pem");
    struct cms_signer who;
    struct cms_trust *trust = cms_trust_new(arena_printf(p->a, "%.*s", (int)root.len, (const char *)root.data), &e);
    assert_non_null(trust);
    assert_int_equal(cms_verify(trust, pki_bytes(SAMPLE), p7s, clock_ms(), &who, &e), ERR_SIGNATURE_REFUSED);
    assert_non_null(strstr(e.text, "does not chain"));
    cms_trust_free(trust);
    unsetenv("SSL_CERT_DIR");
}

CASE(F_signature_with_trailing_bytes_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s = good(p);
    struct buf b = buf_new(p->a);
    buf_add(&b, p7s.data, p7s.len);
    buf_char(&b, '\n');
    refused(p, (struct bytes){(const uint8_t *)b.text, b.len}, "something after the signature");
}

CASE(F_signature_with_a_third_certificate_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    chain_file(p);
    refused(p, made_by_openssl(p, "-cades -md sha256 -signer @person.pem -inkey @person.key -certfile @chain.pem"), "exactly two certificates");
}

CASE(F_signature_without_the_issuing_ca_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, "-cades -md sha256 -signer @person.pem -inkey @person.key"), "exactly two certificates");
}

CASE(F_signature_with_the_root_in_place_of_the_issuing_ca_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, "-cades -md sha256 -signer @person.pem -inkey @person.key -certfile @root.pem"), "does not chain");
}

CASE(L18_signature_with_a_second_signer_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    chain_file(p);
    struct bytes p7s = made_by_openssl(p, "-cades -md sha256 -signer @person.pem -inkey @person.key -signer @audit.pem -inkey @audit.key");
    assert_int_equal(pki_run(p, OPENSSL_VERIFY "-CAfile @chain.pem"), 0);
    refused(p, p7s, "second signer");
}

CASE(L18_signature_with_its_content_inside_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, AS_PERSON "-cades -nodetach"), "not detached");
}

CASE(F_signature_with_another_digest_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, "-cades -md sha512 -signer @person.pem -inkey @person.key -certfile @issuing.pem"), "SHA-256");
}

CASE(F_signature_named_by_key_id_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    refused(p, made_by_openssl(p, AS_PERSON "-cades -keyid"), "SHA-256 alone");   /* SignedData version 3 */
}

CASE(F_signature_with_an_unsigned_attribute_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s = good(p);
    struct cms_parts parts;
    assert_null(cms_walk(p7s, &parts));
    struct bytes signer = pki_signer_content(p7s, &parts);
    struct buf b = buf_new(p->a);
    buf_add(&b, signer.data, signer.len);
    buf_add(&b, "\xa1\x0f\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05\x31\x00", 17);
    struct bytes forged = pki_with_signers(p->a, p7s, &parts, pki_wrap(p->a, 0x30, b.text, b.len));
    refused(p, forged, "unsigned attributes");
}

/* the helper that builds forgeries builds a good one from good parts */
CASE(F_signature_rebuilt_from_its_own_parts_is_accepted)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s = good(p);
    struct cms_parts parts;
    struct err e;
    assert_null(cms_walk(p7s, &parts));
    struct bytes signer = pki_signer_content(p7s, &parts);
    struct bytes again = pki_with_signers(p->a, p7s, &parts, pki_wrap(p->a, 0x30, signer.data, signer.len));
    assert_int_equal(judge_text(p, SAMPLE, again, &e), 0);
}

CASE(F_signature_by_another_key_than_its_certificates_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes p7s = good(p), other;
    struct cms_parts parts, others;
    struct err e;
    /* same person, same name, another key: the ESS hash tells the certificates apart */
    CLEANUP(key_done) struct key *key = NULL;
    assert_int_equal(key_new(KEY_P256, &key, &e), 0);
    CLEANUP(certificate_done) struct certificate *twin = pki_person(p, "U-7", key, 30);
    const struct signing_key signs = {key, twin, p->issuing};
    assert_int_equal(cms_sign(p->a, &signs, pki_bytes(SAMPLE), clock_ms(), &other, &e), 0);
    assert_null(cms_walk(p7s, &parts));
    assert_null(cms_walk(other, &others));
    struct buf b = buf_new(p->a);
    struct bytes signer = pki_signer_content(p7s, &parts);
    buf_add(&b, signer.data, (size_t)(parts.signature.data - signer.data) - 2);
    struct bytes wrapped = pki_wrap(p->a, 0x04, others.signature.data, others.signature.len);
    buf_add(&b, wrapped.data, wrapped.len);
    struct bytes forged = pki_with_signers(p->a, p7s, &parts, pki_wrap(p->a, 0x30, b.text, b.len));
    refused(p, forged, "not by the key of its certificate");
}

CASE(F_signature_by_a_certificate_of_another_use_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct certificate *c = NULL;
    struct bytes p7s;
    struct err e;
    const struct ca_request r = {CA_STAMP, "stamp", NULL, NULL, 30};
    assert_int_equal(ca_issue(&(struct ca){p->issuing, p->issuing_key}, &r, p->person_key, &c, &e), 0);
    const struct signing_key signs = {p->person_key, c, p->issuing};
    assert_int_equal(cms_sign(p->a, &signs, pki_bytes(SAMPLE), clock_ms(), &p7s, &e), 0);
    refused(p, p7s, "key usage");
    certificate_free(c);
}

CASE(F_signature_by_the_issuing_ca_itself_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct err e;
    struct bytes p7s;
    const struct signing_key signs = {p->issuing_key, p->issuing, p->root};
    assert_int_equal(cms_sign(p->a, &signs, pki_bytes(SAMPLE), clock_ms(), &p7s, &e), 0);
    refused(p, p7s, "is a CA's");
}
