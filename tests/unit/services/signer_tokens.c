/* The signer with its keys in a PKCS#11 token (SoftHSM): a lab founded in one, a lab that takes one later. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "signer_found.h"
#include "signer_revoke.h"
#include "signer_store.h"
#include "signer_token.h"
#include "signer_lab.h"
#include "unit/crypto/softtoken.h"

#define U1 "U-1"

static const char *pin_file(struct pki *p) { return pki_write(p, "pin", pki_bytes(SOFT_PIN "\n")); }

/* a lab that takes a token after it was founded on files */
static struct lab *lab_with_token(void)
{
    struct lab *l = lab_new();
    soft_token(l->p);
    struct err e;
    CLEANUP(token_done) struct token *t = soft_token_open(SOFT_LABEL);
    assert_int_equal(token_prepare(t, &e), 0);
    pki_write(l->p, "token", signer_token_text(l->a, &(struct token_place){SOFT_TOKEN, SOFT_LABEL}, pin_file(l->p)));
    l->signer = signer_free(l->signer);
    t = token_free(t);
    lab_open(l);
    return l;
}

static void enrol(struct lab *l)
{
    struct bytes text = lab_enrolment(l, U1), p7s, der;
    assert_int_equal(lab_sign(l, text, "correct horse", &p7s), 0);
    assert_int_equal(lab_create(l, text, p7s, "first secret", &der), 0);
}

static struct bytes key_file(struct lab *l) { return pki_read(l->p, "keys/" U1 ".key"); }

static struct bytes act(struct lab *l) { return lab_act(l, "batch.open", "B-1", U1, "{}\n"); }

CASE(R01_keys_made_from_now_on_lie_in_the_token_and_older_ones_serve_on)
{
    CLEANUP(lab_done) struct lab *l = lab_with_token();
    struct cms_signer who;
    struct bytes p7s;
    struct err e;
    enrol(l);   /* signed by U-7, whose key lies in a file */
    assert_true(key_file_is_wrapped(key_file(l)));
    assert_int_equal(lab_sign_as(l, U1, act(l), "first secret", &p7s), 0);
    assert_int_equal(cms_verify(l->trust, act(l), p7s, l->now_ms, &who, &e), 0);
    assert_string_equal(who.person_id, U1);
}

CASE(R01_with_a_token_a_wrong_secret_is_counted_as_ever)
{
    CLEANUP(lab_done) struct lab *l = lab_with_token();
    struct bytes p7s;
    enrol(l);
    for (int i = 0; i < 5; i++)
        assert_int_equal(lab_sign_as(l, U1, act(l), "wrong secret", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign_as(l, U1, act(l), "first secret", &p7s), ERR_KEY_LOCKED);
}

CASE(R01_the_key_store_without_the_token_signs_nothing_whoever_knows_the_secret)
{
    CLEANUP(lab_done) struct lab *l = lab_with_token();
    struct bytes p7s;
    struct err e;
    enrol(l);
    l->signer = signer_free(l->signer);
    unlink(pki_path(l->p, "token"));
    lab_open(l);
    assert_int_equal(lab_sign_as(l, U1, act(l), "first secret", &p7s), ERR_FAULT);
    l->signer = signer_free(l->signer);
    /* another token has another key to unwrap with */
    soft_token_more(l->p, "another");
    CLEANUP(token_done) struct token *t = soft_token_open("another");
    assert_int_equal(token_prepare(t, &e), 0);
    t = token_free(t);
    pki_write(l->p, "token", signer_token_text(l->a, &(struct token_place){SOFT_TOKEN, "another"}, pin_file(l->p)));
    lab_open(l);
    assert_int_equal(lab_sign_as(l, U1, act(l), "first secret", &p7s), ERR_FAULT);
}

CASE(R01_with_a_token_a_secret_is_changed_and_the_key_stays)
{
    CLEANUP(lab_done) struct lab *l = lab_with_token();
    const struct signer_request q = {"T-3", U1, 0, NULL};
    struct bytes p7s, text = pki_bytes(U1);
    struct err e;
    enrol(l);
    const char *certificate = lab_certificate_hash(l, U1);
    struct signer_request now = q;
    now.now_ms = l->now_ms;
    assert_int_equal(signer_change_secret(l->signer, l->a, &now, lab_seal(l, text, "first secret"),
                                          lab_seal(l, text, "second secret"), &e), 0);
    assert_true(key_file_is_wrapped(key_file(l)));
    assert_int_equal(lab_sign_as(l, U1, act(l), "first secret", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(lab_sign_as(l, U1, act(l), "second secret", &p7s), 0);
    assert_string_equal(lab_certificate_hash(l, U1), certificate);
}

CASE(R01_a_signer_whose_token_is_gone_says_so_and_does_not_start)
{
    CLEANUP(lab_done) struct lab *l = lab_with_token();
    struct signer *s = NULL;
    struct err e;
    assert_true(signer_token_answers(l->signer));
    l->signer = signer_free(l->signer);
    pki_write(l->p, "pin", pki_bytes("0000\n"));
    assert_int_equal(signer_new(&l->options, l->trust, &s, &e), ERR_FAULT);
    pki_write(l->p, "token", pki_bytes("stemma-token/1\nmodule /nonexistent.so\nlabel x\n"));
    assert_int_equal(signer_new(&l->options, l->trust, &s, &e), ERR_FAULT);
    assert_non_null(strstr(e.text, "damaged"));
    assert_null(s);
}

static int found_in_token(struct pki *p)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "correct horse\n", 14), 14);
    close(ends[1]);
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--found"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, "--lab"), arena_text(p->a, "Test lab"), arena_text(p->a, "--person"), arena_text(p->a, "U-ADA"),
                    arena_text(p->a, "--name"), arena_text(p->a, "Ada Admin"), arena_text(p->a, "--secret-fd"),
                    arena_printf(p->a, "%d", ends[0]), arena_text(p->a, "--argon2"), arena_text(p->a, "64,1"),
                    arena_text(p->a, "--token"), arena_printf(p->a, "%s,%s,%s", SOFT_TOKEN, SOFT_LABEL, pin_file(p)), NULL};
    int status = signer_found(15, argv);
    close(ends[0]);
    return status;
}

CASE(R01_a_lab_is_founded_with_its_daily_keys_in_a_token)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    soft_token(p);
    assert_int_equal(found_in_token(p), 0);
    assert_string_equal((const char *)pki_read(p, "lab/authority/issuing.key").data, "stemma-token-key/1 stemma-issuing\n");
    assert_string_equal((const char *)pki_read(p, "lab/authority/audit.key").data, "stemma-token-key/1 stemma-audit\n");
    assert_true(key_file_is_wrapped(pki_read(p, "lab/keys/U-ADA.key")));
    assert_int_equal(pki_run(p, "openssl verify -x509_strict -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem "
                                "-untrusted @lab/pki/issuing.pem @lab/pki/U-ADA.pem @lab/pki/audit.pem"), 0);
    /* the signer of that lab starts, and signs as audit from within the token */
    struct err e;
    struct arena *a = p->a;
    const struct signer_options options = {pki_path(p, "lab/keys"), pki_path(p, "lab/authority"), pki_path(p, "journal"), {64, 1}, 5,
                                           60000, 1000, 100, 8, pki_path(p, "lab/pki/issuing.crl"), 10, SECOND_FACTOR_OFF, {"", "", false}};
    struct cms_trust *trust = cms_trust_new((const char *)pki_read(p, "lab/trust/lab-root.pem").data, &e);
    struct signer *s = NULL;
    struct bytes p7s;
    struct cms_signer who;
    if (signer_new(&options, trust, &s, &e) != 0)
        fail_msg("%s", e.text);
    const struct signer_request q = {"audit", NULL, clock_ms(), NULL};
    struct bytes manifest = pki_bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\">");
    int code = signer_sign_manifest(s, a, &q, manifest, &p7s, &e);
    if (code != 0)
        fail_msg("%s", e.text);
    assert_int_equal(cms_verify(trust, manifest, p7s, q.now_ms, &who, &e), 0);
    signer_free(s);
    cms_trust_free(trust);
    /* a person at the machine issues the list by the key in the token */
    char *renew[] = {arena_text(a, "stemma-signer"), arena_text(a, "--renew-crl"), arena_printf(a, "%s/lab", p->dir), NULL};
    assert_int_equal(signer_revoke(3, renew), 0);
    assert_int_equal(pki_run(p, "openssl crl -in @lab/pki/issuing.crl -CAfile @lab/pki/issuing.pem -noout"), 0);
}

CASE(R01_a_founded_lab_takes_a_token_by_a_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct err e;
    soft_token(p);
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--token"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, SOFT_TOKEN), arena_text(p->a, SOFT_LABEL), arena_text(p->a, pin_file(p)), NULL};
    CLEANUP(token_done) struct token *t = NULL;
    assert_int_not_equal(signer_token(6, argv), 0);                      /* no lab yet */
    (void)pki_run(p, "mkdir -p @lab/authority");
    assert_int_equal(signer_token(6, argv), 0);
    assert_int_equal(signer_token_open(p->a, pki_path(p, "lab/authority"), &t, &e), 0);
    assert_non_null(t);
    assert_int_not_equal(signer_token(6, argv), 0);                      /* named already: never silently another one */
    assert_int_equal(signer_token(5, argv), 2);
}
