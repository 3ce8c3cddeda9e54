/* The signer whole, without its socket: keys, secrets, locks, journal. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "file/file.h"
#include "ledger/statement.h"
#include "signer.h"
#include "signer_store.h"
#include "signer_lab.h"

#define MANIFEST "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"x\">\n"

CASE(signer_signature_verifies_and_is_journalled)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    struct cms_signer who;
    struct err e;
    char sha256[DIGEST_HEX];
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(cms_verify(l->trust, text, p7s, l->now_ms, &who, &e), 0);
    assert_string_equal(who.person_id, "U-7");
    const char *line = arena_printf(l->a, " sign T-3 U-7 %s ok\n", digest_hex(text.data, text.len, sha256));
    assert_non_null(strstr(lab_journal(l), line));
    assert_null(strstr(lab_journal(l), "horse"));
}

CASE(signer_secret_for_one_statement_signs_no_other)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes one = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), two = lab_act(l, "batch.open", "B-2", "U-7", "{}\n"), p7s;
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct err e;
    assert_int_equal(signer_sign(l->signer, l->a, &q, two, lab_seal(l, one, "correct horse"), &p7s, &e), ERR_SECRET_WRONG);
}

CASE(R01_wrong_secrets_lock_the_key_and_a_restart_does_not_open_it)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    for (int i = 0; i < 5; i++)
        assert_int_equal(lab_sign(l, text, "wrong", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_KEY_LOCKED);
    l->signer = signer_free(l->signer);
    lab_open(l);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_KEY_LOCKED);
    l->now_ms += 60000;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_sign(l, text, "wrong", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
}

CASE(R01_right_secret_clears_the_count)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            assert_int_equal(lab_sign(l, text, "wrong", &p7s), ERR_SECRET_WRONG);
        assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    }
}

CASE(R01_unknown_person_reads_as_a_wrong_secret)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    const char *login = arena_printf(l->a, "stemma-login/1\nperson U-404\nterminal T-3\nchallenge %s\nat 2026-11-21T10:00:00.000Z\n",
                                     lab_certificate_hash(l, "U-7"));
    struct signer_request q = {"T-3", "U-404", 0, NULL};
    struct signer_proof proof;
    struct err e;
    assert_true(clock_from_text("2026-11-21T10:00:01.000Z", 24, &q.now_ms));
    assert_int_equal(signer_prove(l->signer, l->a, &q, pki_bytes(login), lab_seal(l, pki_bytes(login), "x"), &proof, &e), ERR_SECRET_WRONG);
}

CASE(R01_login_is_proved_with_the_secret)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes login = lab_login(l, "U-7");
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct cms_signer who;
    struct signer_proof proof;
    struct bytes p7s;
    struct err e;
    assert_int_equal(signer_prove(l->signer, l->a, &q, login, lab_seal(l, login, "correct horse"), &proof, &e), 0);
    assert_int_equal(cms_verify(l->trust, login, proof.signature, l->now_ms, &who, &e), 0);
    /* a login text cannot be had as an act, nor the other way */
    assert_true(lab_sign(l, login, "correct horse", &p7s) > 0);
}

CASE(signer_manifest_is_signed_as_audit_for_audit)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_request q = {"audit", NULL, l->now_ms, NULL};
    struct cms_signer who;
    struct bytes p7s;
    struct err e;
    assert_int_equal(signer_sign_manifest(l->signer, l->a, &q, pki_bytes(MANIFEST), &p7s, &e), 0);
    assert_int_equal(cms_verify(l->trust, pki_bytes(MANIFEST), p7s, l->now_ms, &who, &e), 0);
    assert_string_equal(who.common_name, "audit");
    q.peer = "batch";
    assert_int_equal(signer_sign_manifest(l->signer, l->a, &q, pki_bytes(MANIFEST), &p7s, &e), ERR_PEER_REFUSED);
    assert_non_null(strstr(lab_journal(l), " sign_manifest batch - "));
}

CASE(R01_key_is_made_for_whom_an_administrator_enrolled)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    CLEANUP(certificate_done) struct certificate *c = NULL;
    struct bytes text = lab_enrolment(l, "U-9"), p7s, der, again;
    struct err e;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_create(l, text, p7s, "my own secret", &der), 0);
    assert_int_equal(certificate_from_der(der, &c, &e), 0);
    assert_string_equal(certificate_facts(c)->common_name, "J\xc3\xb6 Do");
    assert_string_equal(certificate_facts(c)->roles, "qa,qc");
    /* the answer was lost: asked again, it is the same; with another secret it is refused */
    assert_int_equal(lab_create(l, text, p7s, "my own secret", &again), 0);
    assert_int_equal(der.len, again.len);
    assert_memory_equal(der.data, again.data, der.len);
    assert_int_equal(lab_create(l, text, p7s, "somebody else's", &again), ERR_EXISTS);
    struct bytes theirs = lab_act(l, "batch.open", "B-1", "U-9", "{}\n");
    assert_int_equal(lab_sign_as(l, "U-9", theirs, "my own secret", &p7s), 0);
}

CASE(R01_key_is_made_for_nobody_else)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_enrolment(l, "U-9"), p7s, der, other;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_create(l, lab_enrolment(l, "U-10"), p7s, "my own secret", &der), ERR_SIGNATURE_REFUSED);
    assert_int_equal(lab_create(l, text, p7s, "short", &der), ERR_FIELD_RANGE);
    assert_int_equal(lab_create(l, text, p7s, "my own secret", &der), 0);
    /* the new person is no administrator */
    struct bytes by_u9 = lab_act(l, "access.person_enrol", "U-11", "U-9",
                             "{\"identity_verified_how\":\"passport\",\"name\":\"X\",\"person_id\":\"U-11\",\"roles\":[\"admin\"]}\n");
    assert_int_equal(lab_sign_as(l, "U-9", by_u9, "my own secret", &other), 0);
    assert_int_equal(lab_create(l, by_u9, other, "their own secret", &der), ERR_ROLE_MISSING);
}

CASE(R01_secret_is_changed_by_who_knows_it)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct bytes id = pki_bytes("U-7"), text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    struct err e;
    assert_int_equal(signer_change_secret(l->signer, l->a, &q, lab_seal(l, id, "wrong"), lab_seal(l, id, "new secret"), &e), ERR_SECRET_WRONG);
    assert_int_equal(signer_change_secret(l->signer, l->a, &q, lab_seal(l, id, "correct horse"), lab_seal(l, id, "short"), &e), ERR_FIELD_RANGE);
    assert_int_equal(signer_change_secret(l->signer, l->a, &q, lab_seal(l, id, "correct horse"), lab_seal(l, id, "new secret"), &e), 0);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign(l, text, "new secret", &p7s), 0);
}

CASE(signer_limits_signatures_in_a_minute)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    l->options.per_minute = 3;
    l->now_ms = l->now_ms / 60000 * 60000;
    for (int i = 0; i < 3; i++)
        assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_RATE_LIMITED);
    l->now_ms += 60000;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
}

CASE(signer_signs_nothing_with_an_expired_certificate)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    l->now_ms += (int64_t)101 * 86400000;
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_SIGNATURE_REFUSED);
}

/* no line in the journal, no signature */
CASE(signer_answers_nothing_that_it_cannot_journal)
{
    struct err e;
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct bytes text = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s = {NULL, 0};
    l->signer = signer_free(l->signer);
    l->options.journal = "/dev/full";
    if (signer_new(&l->options, l->trust, &l->signer, &e) != 0)
        test_skip_without("/dev/full");
    signer_point(l->signer, l->point);
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), ERR_FAULT);
    assert_null(p7s.data);
}

CASE(signer_does_not_start_with_a_key_that_fits_no_certificate)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer *other = NULL;
    struct err e;
    pki_write(l->p, "audit.key", pki_read(l->p, "person.key"));
    assert_int_equal(signer_new(&l->options, l->trust, &other, &e), ERR_FAULT);
    assert_null(other);
}
