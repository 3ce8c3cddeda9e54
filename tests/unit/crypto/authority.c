#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "unit/crypto/pki.h"

CASE(F_signature_person_certificate_is_as_format_md_says)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const struct certificate_facts *f = certificate_facts(p->person);
    assert_string_equal(f->common_name, "Jörg Møller");
    assert_string_equal(f->person_id, "U-7");
    assert_string_equal(f->roles, "technician,qa");
    assert_true(f->not_before_ms <= clock_ms() - 59000 && f->not_before_ms >= clock_ms() - 70000);
    assert_true(certificate_fits(p->person, p->person_key));
    assert_false(certificate_fits(p->person, p->audit_key));
}

CASE(F_signature_service_certificate_names_no_person)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_string_equal(certificate_facts(p->audit)->common_name, "audit");
    assert_string_equal(certificate_facts(p->audit)->person_id, "");
}

CASE(ca_chain_holds_for_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const char *verify = "openssl verify -x509_strict -no-CApath -no-CAstore -CAfile @root.pem -untrusted @issuing.pem";
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s @person.pem", verify)), 0);
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s @audit.pem", verify)), 0);
    assert_int_not_equal(pki_run(p, arena_printf(p->a, "%s @tsa.pem", verify)), 0);
    assert_int_equal(pki_run(p, "openssl verify -x509_strict -purpose timestampsign -CAfile @tsaroot.pem @tsa.pem"), 0);
}

CASE(ca_refuses_names_that_the_record_does_not_allow)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const struct ca ca = {p->issuing, p->issuing_key};
    const struct {
        struct ca_request r;
        int code;
    } rows[] = {
        {{CA_PERSON, "A", "T-1", "qa", 1}, ERR_FIELD_TYPE},         {{CA_PERSON, "A", "U-a", "qa", 1}, ERR_FIELD_TYPE},
        {{CA_PERSON, "A", NULL, "qa", 1}, ERR_FIELD_TYPE},          {{CA_PERSON, "A", "U-1", "", 1}, ERR_FIELD_MISSING},
        {{CA_PERSON, "A", "U-1", "QA person", 1}, ERR_FIELD_TYPE},  {{CA_PERSON, "", "U-1", "qa", 1}, ERR_FIELD_MISSING},
        {{CA_PERSON, "A", "U-1", "qa", 0}, ERR_FIELD_RANGE},
        {{CA_SERVICE, "1234567890123456789012345678901234567890123456789012345678901234x", NULL, NULL, 1}, ERR_FIELD_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct certificate *c = NULL;
        struct err e;
        assert_int_equal(ca_issue(&ca, &rows[i].r, p->person_key, &c, &e), rows[i].code);
    }
}

CASE(ca_certificate_survives_pem_and_der)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(certificate_done) struct certificate *from_pem = NULL;
    CLEANUP(certificate_done) struct certificate *from_der = NULL;
    struct certificate *trailing = NULL;
    struct err e;
    assert_int_equal(certificate_from_pem(pki_bytes(certificate_to_pem(p->a, p->person)), &from_pem, &e), 0);
    assert_int_equal(certificate_from_der(certificate_der(p->person), &from_der, &e), 0);
    assert_string_equal(certificate_facts(from_pem)->sha256, certificate_facts(p->person)->sha256);
    assert_string_equal(certificate_facts(from_der)->sha256, certificate_facts(p->person)->sha256);
    struct bytes der = certificate_der(p->person);
    struct bytes longer = {(const uint8_t *)arena_dup(p->a, der.data, der.len), der.len + 1};
    assert_int_equal(certificate_from_der(longer, &trailing, &e), ERR_SIGNATURE_REFUSED);
}

/* The same certificate with one length written in the long form: OpenSSL reads it and gives it back in DER, so that two byte
 * strings would pass for one certificate. */
CASE(L17_certificate_in_ber_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct err e;
    struct bytes der = certificate_der(p->person);
    size_t signature = der.len - 2 - 60;
    while (signature > 0 && (der.data[signature] != 0x03 || signature + 2 + der.data[signature + 1] != der.len))
        signature--;
    assert_true(signature > 0 && der.data[1] == 0x82 && der.data[3] < 0xff);
    uint8_t *ber = arena_alloc(p->a, der.len + 1);
    memcpy(ber, der.data, signature + 1);
    ber[signature + 1] = 0x81;
    memcpy(ber + signature + 2, der.data + signature + 1, der.len - signature - 1);
    ber[3]++;
    pki_write(p, "ber", (struct bytes){ber, der.len + 1});
    assert_int_equal(pki_run(p, "openssl x509 -inform DER -in @ber -noout"), 0);      /* the trap is real */
    struct certificate *c = NULL;
    assert_int_equal(certificate_from_der((struct bytes){ber, der.len + 1}, &c, &e), ERR_SIGNATURE_REFUSED);
    assert_non_null(strstr(e.text, "DER"));
}

CASE(ca_two_certificates_never_share_a_serial)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(certificate_done) struct certificate *again = pki_person(p, "U-7", p->person_key, 365);
    assert_string_not_equal(certificate_facts(again)->serial, certificate_facts(p->person)->serial);
}

CASE(ca_crl_is_read_by_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const struct ca ca = {p->issuing, p->issuing_key};
    const struct ca_revoked gone = {certificate_facts(p->person)->serial, clock_ms() - 1000, 0};
    struct bytes empty, full;
    struct err e;
    assert_int_equal(ca_crl(p->a, &ca, NULL, 0, 1, &empty, &e), 0);
    assert_int_equal(ca_crl(p->a, &ca, &gone, 1, 2, &full, &e), 0);
    pki_write(p, "empty.crl", empty);
    pki_write(p, "full.crl", full);
    const char *verify = "openssl verify -no-CApath -no-CAstore -CAfile @root.pem -untrusted @issuing.pem -crl_check -CRLfile";
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s @empty.crl @person.pem", verify)), 0);
    assert_int_not_equal(pki_run(p, arena_printf(p->a, "%s @full.crl @person.pem", verify)), 0);
}

/* P-256 alone: what signs with another key is neither a certificate to us nor able to sign an act. */
CASE(L16_certificate_of_another_kind_of_key_is_refused)
{
    static const char *const kinds[] = {"EC -pkeyopt ec_paramgen_curve:P-384", "RSA -pkeyopt rsa_keygen_bits:2048", "RSA-PSS", "ED25519"};
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct certificate *c = NULL;
    struct key *k = NULL;
    struct err e;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_int_equal(pki_run(p, arena_printf(p->a, "openssl genpkey -algorithm %s -out @other.key", kinds[i])), 0);
        assert_int_equal(pki_run(p, "openssl req -new -key @other.key -subj /CN=Ben/serialNumber=U-9 -out @other.csr"), 0);
        assert_int_equal(pki_run(p, "openssl x509 -req -in @other.csr -CA @issuing.pem -CAkey @issuing.key -days 9 -out @other.pem"), 0);
        assert_int_equal(certificate_from_pem(pki_read(p, "other.pem"), &c, &e), ERR_SIGNATURE_REFUSED);
        if (i < 3)
            assert_int_equal(key_from_pem(pki_read(p, "other.key"), &k, &e), ERR_BODY_MALFORMED);
    }
}
