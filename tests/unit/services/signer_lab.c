/* The signer whole, without its socket: a lab with its certificates and an administrator U-7 under `correct horse`. */
#include "signer_lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "file/file.h"
#include "ledger/statement.h"
#include "signer_store.h"
#include "support/test.h"

void lab_open(struct lab *l)
{
    struct err e;
    if (signer_new(&l->options, l->trust, &l->signer, &e) != 0)
        fail_msg("%s", e.text);
    signer_point(l->signer, l->point);
}

/* U-7 is an administrator here, under the secret `correct horse` */
static void lab_put_admin(struct lab *l)
{
    const struct ca_request r = {CA_PERSON, "Ada Admin", "U-7", "admin", 100};
    CLEANUP(certificate_done) struct certificate *c = NULL;
    struct bytes locked;
    struct err e;
    assert_int_equal(ca_issue(&(struct ca){l->p->issuing, l->p->issuing_key}, &r, l->p->person_key, &c, &e), 0);
    assert_int_equal(key_lock(l->a, l->p->person_key, pki_bytes("correct horse"), &l->options.cost, &locked, &e), 0);
    assert_int_equal(store_create(l->a, l->options.keys, "U-7", locked, c, &e), 0);
}

/* nobody is revoked yet */
static void put_list(struct lab *l)
{
    struct bytes crl;
    struct err e;
    assert_int_equal(ca_crl(l->a, &(struct ca){l->p->issuing, l->p->issuing_key}, NULL, 0, 1, &crl, &e), 0);
    pki_write(l->p, "issuing.crl", crl);
}

struct lab *lab_new(void)
{
    struct lab *l = calloc(1, sizeof *l);
    struct err e;
    l->p = pki_new();
    l->now_ms = clock_ms();
    l->a = l->p->a;
    CLEANUP(key_done) struct key *sealing = NULL;
    assert_int_equal(key_new(KEY_P256, &sealing, &e), 0);
    pki_write(l->p, "sealing.key", pki_bytes(key_to_pem(l->a, sealing, &e)));
    l->options = (struct signer_options){pki_path(l->p, "keys"), l->p->dir, pki_path(l->p, "journal"), {64, 1}, 5, 60000, 1000, 100, 8,
                                          pki_path(l->p, "issuing.crl"), 10, SECOND_FACTOR_OFF, {"", "", false}};
    assert_int_equal(file_folder(l->options.keys, 0700, &e), 0);
    put_list(l);
    l->trust = cms_trust_new(certificate_to_pem(l->a, l->p->root), &e);
    lab_put_admin(l);
    lab_open(l);
    return l;
}

void lab_done(struct lab **at)
{
    struct lab *l = *at;
    signer_free(l->signer);
    cms_trust_free(l->trust);
    pki_free(l->p);
    free(l);
}

const char *lab_certificate_hash(struct lab *l, const char *person_id)
{
    struct bytes der;
    struct err e;
    assert_int_equal(signer_certificate(l->signer, l->a, person_id, &der, &e), 0);
    return digest_hex(der.data, der.len, arena_alloc(l->a, DIGEST_HEX));
}

struct bytes lab_act(struct lab *l, const char *type, const char *stream, const char *signer, const char *body)
{
    struct statement s = {.type = type, .stream = stream, .actor = signer, .terminal = "T-3",
                          .signer_cert = lab_certificate_hash(l, signer), .signer = signer, .meaning = MEANING_APPROVED,
                          .reviewed_seq = REVIEWED_EMPTY, .rendered = true, .template_id = "verb", .template_version = 1,
                          .at_ms = l->now_ms, .command = "019306b2c4f27abc8def0123456789ab", .body = pki_bytes(body)};
    struct bytes text;
    struct err e;
    assert_int_equal(statement_build(l->a, &s, &text, &e), 0);
    return text;
}

struct bytes lab_seal(struct lab *l, struct bytes text, const char *secret)
{
    struct bytes box;
    struct err e;
    assert_int_equal(seal_to(l->a, l->point, text, pki_bytes(secret), &box, &e), 0);
    return box;
}

int lab_sign_as(struct lab *l, const char *person_id, struct bytes text, const char *secret, struct bytes *ret)
{
    const struct signer_request q = {"T-3", person_id, l->now_ms, NULL};
    struct err e;
    return signer_sign(l->signer, l->a, &q, text, lab_seal(l, text, secret), ret, &e);
}

int lab_sign(struct lab *l, struct bytes text, const char *secret, struct bytes *ret)
{
    return lab_sign_as(l, "U-7", text, secret, ret);
}

const char *lab_journal(struct lab *l)
{
    return (const char *)pki_read(l->p, "journal").data;
}

struct bytes lab_enrolment(struct lab *l, const char *person_id)
{
    return lab_act(l, "access.person_enrol", person_id, "U-7",
               arena_printf(l->a, "{\"identity_verified_how\":\"passport\",\"name\":\"J\xc3\xb6 Do\",\"person_id\":\"%s\",\"roles\":[\"qa\",\"qc\"]}\n",
                            person_id));
}

int lab_create(struct lab *l, struct bytes text, struct bytes p7s, const char *secret, struct bytes *ret)
{
    const struct signer_request q = {"access", NULL, l->now_ms, NULL};
    struct err e;
    const struct signer_order order = {text, p7s, lab_seal(l, text, secret)};
    return signer_create(l->signer, l->a, &q, &order, ret, &e);
}

struct bytes lab_login(struct lab *l, const char *person_id)
{
    char at[CLOCK_TEXT];
    clock_to_text(l->now_ms, at);
    return pki_bytes(arena_printf(l->a, "stemma-login/1\nperson %s\nterminal T-3\nchallenge %s\nat %s\n", person_id,
                                  lab_certificate_hash(l, person_id), at));
}
