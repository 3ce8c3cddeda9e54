/* The issuing CA is replaced under the root: what the former one issued goes on, what it signed for holds, its list goes on, too. */
#include "support/test.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ca.h"
#include "signer_ca.h"
#include "signer_found.h"
#include "signer_inner.h"
#include "signer_revoke.h"
#include "unit/crypto/pki.h"

static int found(struct pki *p)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "correct horse\n", 14), 14);
    close(ends[1]);
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--found"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, "--lab"), arena_text(p->a, "Test lab"), arena_text(p->a, "--person"), arena_text(p->a, "U-ADA"),
                    arena_text(p->a, "--name"), arena_text(p->a, "Ada Admin"), arena_text(p->a, "--secret-fd"),
                    arena_printf(p->a, "%d", ends[0]), arena_text(p->a, "--argon2"), arena_text(p->a, "64,1"), NULL};
    int status = signer_found(13, argv);
    close(ends[0]);
    return status;
}

static const char *root_key(struct pki *p) { return pki_path(p, "lab/offline/lab-root.key"); }

static int new_ca(struct pki *p, const char *key)
{
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--new-ca"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, key), NULL};
    return signer_ca(4, argv);
}

static int revoke_ca(struct pki *p, const char *number)
{
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--revoke-ca"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, number), arena_text(p->a, root_key(p)), NULL};
    return signer_ca(5, argv);
}

static int lists(struct pki *p, const char *word, const char *more)
{
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, word), arena_printf(p->a, "%s/lab", p->dir),
                    more != NULL ? arena_text(p->a, more) : NULL, NULL};
    return signer_revoke(more != NULL ? 4 : 3, argv);
}

static const char *text(struct pki *p, const char *name) { return (const char *)pki_read(p, name).data; }

static int chains(struct pki *p, const char *issuing, const char *which)
{
    return pki_run(p, arena_printf(p->a, "openssl verify -x509_strict -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem "
                                         "-untrusted @lab/pki/%s @lab/pki/%s", issuing, which));
}

/* how many ${list} revokes, -1 when it is not signed by ${ca} */
static int listed(struct pki *p, const char *list, const char *ca)
{
    CLEANUP(certificate_done) struct certificate *c = NULL;
    struct ca_revoked *rows;
    size_t count;
    long number;
    struct err e;
    assert_int_equal(certificate_from_pem(pki_read(p, arena_printf(p->a, "lab/pki/%s", ca)), &c, &e), 0);
    return ca_crl_read(p->a, c, pki_read(p, arena_printf(p->a, "lab/pki/%s", list)), &rows, &count, &number, &e) == 0 ? (int)count : -1;
}

static const char *name_of(struct pki *p, const char *ca)
{
    CLEANUP(certificate_done) struct certificate *c = NULL;
    struct err e;
    assert_int_equal(certificate_from_pem(pki_read(p, arena_printf(p->a, "lab/pki/%s", ca)), &c, &e), 0);
    return arena_text(p->a, certificate_facts(c)->common_name);
}

/* the lab's signer as it starts, with what it signs as `audit` and for U-ADA */
struct run {
    struct signer_options options;
    struct cms_trust *trust;
    struct signer *signer;
};

static void run_begin(struct pki *p, struct run *r)
{
    struct err e;
    r->options = (struct signer_options){pki_path(p, "lab/keys"), pki_path(p, "lab/authority"), pki_path(p, "journal"), {64, 1}, 5,
                                         60000, 1000, 100, 8, pki_path(p, "lab/pki/issuing.crl"), 10, SECOND_FACTOR_OFF, {"", "", false}};
    r->trust = cms_trust_new(text(p, "lab/trust/lab-root.pem"), &e);
    assert_non_null(r->trust);
    if (signer_new(&r->options, r->trust, &r->signer, &e) != 0)
        fail_msg("%s", e.text);
}

static void run_end(struct run *r)
{
    r->signer = signer_free(r->signer);
    r->trust = cms_trust_free(r->trust);
}

static struct bytes manifest(void)
{
    return pki_bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\">");
}

static struct bytes sign_as_audit(struct pki *p, struct run *r, int64_t at_ms)
{
    struct err e;
    struct bytes p7s;
    const struct signer_request q = {"audit", NULL, at_ms, NULL};
    if (signer_sign_manifest(r->signer, p->a, &q, manifest(), &p7s, &e) != 0)
        fail_msg("%s", e.text);
    return p7s;
}

static int judge(struct pki *p, struct bytes p7s, int64_t at_ms, const char *list)
{
    struct err e;
    struct cms_signer who;
    struct cms_trust *trust = cms_trust_new(text(p, "lab/trust/lab-root.pem"), &e);
    assert_non_null(trust);
    assert_int_equal(cms_trust_add_crl(trust, pki_read(p, "lab/pki/lab-root.crl"), &e), 0);
    assert_int_equal(cms_trust_add_crl(trust, pki_read(p, list), &e), 0);
    int code = cms_verify(trust, manifest(), p7s, at_ms, &who, &e);
    cms_trust_free(trust);
    return code;
}

CASE(R01_a_new_issuing_ca_stands_under_the_same_root_beside_the_former_one)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found(p), 0);
    const char *before = text(p, "lab/pki/issuing.pem"), *sealing = text(p, "lab/authority/sealing.key");
    assert_int_equal(new_ca(p, root_key(p)), 0);
    assert_string_equal(text(p, "lab/pki/issuing-1.pem"), before);
    assert_string_equal(text(p, "lab/authority-1/issuing.pem"), before);
    assert_string_not_equal(text(p, "lab/pki/issuing.pem"), before);
    assert_string_equal(text(p, "lab/authority/sealing.key"), sealing);          /* secrets are sealed to the same key */
    assert_int_not_equal(access(pki_path(p, "lab/authority.next"), F_OK), 0);
    assert_int_equal(chains(p, "issuing.pem", "audit.pem"), 0);
    assert_int_equal(chains(p, "issuing-1.pem", "U-ADA.pem"), 0);
    assert_int_equal(chains(p, "issuing-1.pem", "audit-1.pem"), 0);
    assert_int_not_equal(chains(p, "issuing.pem", "U-ADA.pem"), 0);
    assert_int_equal(listed(p, "issuing.crl", "issuing.pem"), 0);
    assert_int_equal(listed(p, "issuing-1.crl", "issuing-1.pem"), 0);
    assert_int_equal(listed(p, "lab-root.crl", "lab-root.pem"), 0);
    assert_string_equal(name_of(p, "issuing.pem"), "Test lab issuing CA 2");
    assert_int_equal(new_ca(p, root_key(p)), 0);
    assert_string_equal(name_of(p, "issuing.pem"), "Test lab issuing CA 3");
    assert_int_equal(chains(p, "issuing-2.pem", "audit-2.pem"), 0);
}

CASE(R01_no_issuing_ca_is_made_by_another_root_or_none)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found(p), 0);
    const char *before = text(p, "lab/pki/issuing.pem");
    assert_int_equal(new_ca(p, pki_path(p, "lab/offline/tsa-root.key")), 1);
    assert_int_equal(new_ca(p, pki_path(p, "lab/offline/nothing")), 1);
    assert_string_equal(text(p, "lab/pki/issuing.pem"), before);
    assert_int_not_equal(access(pki_path(p, "lab/authority-1"), F_OK), 0);
}

CASE(R01_the_signer_takes_the_new_ca_up_and_signs_on_for_who_has_the_former_ones)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct run r;
    CLEANUP(stored_done) struct stored ada = {0};
    struct err e;
    assert_int_equal(found(p), 0);
    run_begin(p, &r);
    int64_t then = clock_ms();
    struct bytes old = sign_as_audit(p, &r, then);
    run_end(&r);
    assert_int_equal(new_ca(p, root_key(p)), 0);
    run_begin(p, &r);
    assert_int_equal(store_load(p->a, r.options.keys, "U-ADA", &ada, &e), 0);
    assert_int_equal(signer_issuing_of(r.signer, ada.certificate), 1);
    assert_int_equal(signer_issuing_of(r.signer, r.signer->audit), ISSUING_NOW);
    struct bytes now = sign_as_audit(p, &r, clock_ms());
    run_end(&r);
    assert_int_equal(judge(p, old, then, "lab/pki/issuing-1.crl"), 0);
    assert_int_equal(judge(p, now, clock_ms(), "lab/pki/issuing.crl"), 0);
}

CASE(R01_revocations_of_the_former_ca_go_on_its_own_list)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const char *check = "openssl verify -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem -untrusted @lab/pki/issuing-1.pem "
                        "-crl_check -CRLfile @lab/pki/issuing-1.crl @lab/pki/U-ADA.pem";
    assert_int_equal(found(p), 0);
    assert_int_equal(new_ca(p, root_key(p)), 0);
    assert_int_equal(pki_run(p, check), 0);
    assert_int_equal(lists(p, "--revoke", "U-ADA"), 0);
    assert_int_not_equal(pki_run(p, check), 0);
    assert_int_equal(listed(p, "issuing.crl", "issuing.pem"), 0);
}

CASE(R01_revocations_before_the_change_stay_on_the_former_list)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found(p), 0);
    assert_int_equal(lists(p, "--revoke", "U-ADA"), 0);
    assert_int_equal(new_ca(p, root_key(p)), 0);
    assert_int_equal(listed(p, "issuing-1.crl", "issuing-1.pem"), 1);
    assert_int_equal(listed(p, "issuing.crl", "issuing.pem"), 0);
}

/* What it signed before stands; from the revocation on nothing of it does. */
CASE(L11_a_former_ca_that_the_root_revokes_ends_all_it_issued_from_then_on)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct run r;
    assert_int_equal(found(p), 0);
    run_begin(p, &r);
    int64_t then = clock_ms(), later = then + 60000;
    struct bytes old = sign_as_audit(p, &r, then), late = sign_as_audit(p, &r, later);
    run_end(&r);
    assert_int_equal(revoke_ca(p, "1"), 1);                                      /* the present one is replaced first */
    assert_int_equal(new_ca(p, root_key(p)), 0);
    assert_int_equal(judge(p, late, later, "lab/pki/issuing-1.crl"), 0);
    assert_int_equal(revoke_ca(p, "2"), 1);
    assert_int_equal(revoke_ca(p, "0"), 1);
    assert_int_equal(revoke_ca(p, "1"), 0);
    assert_int_equal(revoke_ca(p, "1"), 1);                                      /* once is enough */
    assert_int_equal(judge(p, old, then, "lab/pki/issuing-1.crl"), 0);
    assert_int_equal(judge(p, late, later, "lab/pki/issuing-1.crl"), ERR_SIGNATURE_REFUSED);
    assert_int_equal(listed(p, "lab-root.crl", "lab-root.pem"), 1);
}

CASE(R01_lists_of_all_cas_and_of_the_root_are_renewed_by_one_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    static const char *const names[] = {"lab/pki/issuing.crl", "lab/pki/issuing-1.crl", "lab/pki/lab-root.crl"};
    const char *before[3];
    assert_int_equal(found(p), 0);
    assert_int_equal(new_ca(p, root_key(p)), 0);
    for (int i = 0; i < 3; i++)
        before[i] = text(p, names[i]);
    assert_int_equal(lists(p, "--renew-crl", NULL), 0);
    assert_string_not_equal(text(p, names[0]), before[0]);
    assert_string_not_equal(text(p, names[1]), before[1]);
    assert_string_equal(text(p, names[2]), before[2]);
    assert_int_equal(lists(p, "--renew-crl", root_key(p)), 0);
    assert_string_not_equal(text(p, names[2]), before[2]);
    assert_int_equal(lists(p, "--renew-crl", pki_path(p, "lab/offline/tsa-root.key")), 1);
}

/* What was signed under the former list is judged by it, with openssl alone: the new list is not valid for that time yet. */
CASE(P11_27_the_list_before_stays_for_the_acts_of_its_time)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found(p), 0);
    const int64_t then_ms = clock_ms();
    clock_set(then_ms + 86400000);
    assert_int_equal(lists(p, "--renew-crl", NULL), 0);
    clock_set(TIME_ABSENT);
    const char *check = arena_printf(p->a, "openssl verify -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem -untrusted @lab/pki/issuing.pem "
                                     "-crl_check -attime %lld -CRLfile ", (long long)then_ms / 1000 + 1);
    assert_int_not_equal(pki_run(p, arena_printf(p->a, "%s@lab/pki/issuing.crl @lab/pki/U-ADA.pem", check)), 0);
    glob_t former;
    assert_int_equal(glob(pki_path(p, "lab/pki/issuing-*" CA_LIST_FORMER), 0, NULL, &former), 0);
    assert_int_equal(former.gl_pathc, 1);
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s%s @lab/pki/U-ADA.pem", check, former.gl_pathv[0])), 0);
    globfree(&former);
}

/* Broken off at either of the two places where something is half done, and given again: the same CA, one number. */
CASE(L30_a_change_of_ca_that_was_broken_off_is_finished_by_the_same_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found(p), 0);
    const char *old = text(p, "lab/pki/issuing.pem"), *old_list = text(p, "lab/pki/issuing.crl"), *old_audit = text(p, "lab/pki/audit.pem");
    assert_int_equal(new_ca(p, root_key(p)), 0);
    const char *made = text(p, "lab/authority/issuing.pem");
    for (int i = 0; i < 2; i++) {
        pki_write(p, "lab/pki/issuing.pem", pki_bytes(old));
        pki_write(p, "lab/pki/issuing.crl", pki_bytes(old_list));
        pki_write(p, "lab/pki/audit.pem", pki_bytes(old_audit));
        assert_int_equal(pki_run(p, "rm @lab/pki/issuing-1.pem @lab/pki/issuing-1.crl @lab/pki/audit-1.pem"), 0);
        if (i == 1)
            assert_int_equal(pki_run(p, "mv @lab/authority @lab/authority.next"), 0);
        assert_int_equal(new_ca(p, root_key(p)), 0);
        assert_string_equal(text(p, "lab/authority/issuing.pem"), made);
        assert_string_equal(text(p, "lab/pki/issuing.pem"), made);
        assert_string_equal(text(p, "lab/pki/issuing-1.pem"), old);
        assert_int_equal(listed(p, "issuing.crl", "issuing.pem"), 0);
        assert_int_equal(listed(p, "issuing-1.crl", "issuing-1.pem"), 0);
        assert_int_not_equal(access(pki_path(p, "lab/authority-2"), F_OK), 0);
    }
}
