/* Founding a lab and revoking, as a person at the machine does. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "signer_found.h"
#include "signer_revoke.h"
#include "signer_store.h"
#include "unit/crypto/pki.h"

/* ${argv} with a secret on a descriptor of its own */
static int found_with(struct pki *p, const char *secret, const char *person)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], secret, strlen(secret)), (ssize_t)strlen(secret));
    close(ends[1]);
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, "--found"), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, "--lab"), arena_text(p->a, "Test lab"), arena_text(p->a, "--person"), arena_text(p->a, person),
                    arena_text(p->a, "--name"), arena_text(p->a, "Ada Admin"), arena_text(p->a, "--secret-fd"),
                    arena_printf(p->a, "%d", ends[0]), arena_text(p->a, "--argon2"), arena_text(p->a, "64,1"), NULL};
    int status = signer_found(13, argv);
    close(ends[0]);
    return status;
}

static int command(struct pki *p, const char *word, const char *person)
{
    char *argv[] = {arena_text(p->a, "stemma-signer"), arena_text(p->a, word), arena_printf(p->a, "%s/lab", p->dir),
                    arena_text(p->a, person), NULL};
    return signer_revoke(person != NULL ? 4 : 3, argv);
}

CASE(R01_lab_is_founded_with_keys_that_chain_and_modes_that_hide)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    CLEANUP(stored_done) struct stored admin = {0};
    CLEANUP(key_done) struct key *key = NULL;
    struct stat st;
    struct err e;
    assert_int_equal(found_with(p, "correct horse\n", "U-ADA"), 0);
    assert_int_equal(pki_run(p, "openssl verify -x509_strict -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem "
                                "-untrusted @lab/pki/issuing.pem @lab/pki/U-ADA.pem @lab/pki/audit.pem"), 0);
    assert_int_equal(pki_run(p, "openssl verify -purpose timestampsign -CAfile @lab/trust/tsa-root.pem @lab/tsa/tsa.pem"), 0);
    assert_int_equal(store_load(p->a, pki_path(p, "lab/keys"), "U-ADA", &admin, &e), 0);
    assert_int_equal(key_unlock(admin.locked, pki_bytes("correct horse"), &key, &e), 0);
    assert_true(certificate_fits(admin.certificate, key));
    assert_string_equal(certificate_facts(admin.certificate)->roles, "admin");
    static const char *const secrets[] = {"lab/offline", "lab/authority", "lab/keys", "lab/tsa"};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_int_equal(stat(pki_path(p, secrets[i]), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0700);
    }
}

CASE(R01_lab_is_not_founded_twice)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found_with(p, "correct horse\n", "U-ADA"), 0);
    struct bytes before = pki_read(p, "lab/trust/lab-root.pem");
    assert_int_equal(found_with(p, "correct horse\n", "U-ADA"), 1);
    assert_int_equal(found_with(p, "correct horse\n", "U-EVE"), 1);
    assert_int_not_equal(access(pki_path(p, "lab/keys/U-EVE.key"), F_OK), 0);
    assert_string_equal((const char *)pki_read(p, "lab/trust/lab-root.pem").data, (const char *)before.data);
}

CASE(R01_lab_is_not_founded_on_a_short_secret_or_a_wrong_id)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    assert_int_equal(found_with(p, "short\n", "U-ADA"), 1);
    assert_int_equal(found_with(p, "", "U-ADA"), 1);
    assert_int_equal(found_with(p, "correct horse\n", "ADA"), 1);
    assert_int_not_equal(access(pki_path(p, "lab"), F_OK), 0);
}

CASE(F_signature_of_a_revoked_person_is_refused_by_the_new_list)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    const char *check = "openssl verify -no-CApath -no-CAstore -CAfile @lab/trust/lab-root.pem -untrusted @lab/pki/issuing.pem "
                        "-crl_check -CRLfile @lab/pki/issuing.crl ";
    assert_int_equal(found_with(p, "correct horse\n", "U-ADA"), 0);
    assert_int_equal(command(p, "--renew-crl", NULL), 0);
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s@lab/pki/U-ADA.pem", check)), 0);
    assert_int_equal(command(p, "--revoke", "U-ADA"), 0);
    assert_int_not_equal(pki_run(p, arena_printf(p->a, "%s@lab/pki/U-ADA.pem", check)), 0);
    assert_int_equal(command(p, "--renew-crl", NULL), 0);
    assert_int_not_equal(pki_run(p, arena_printf(p->a, "%s@lab/pki/U-ADA.pem", check)), 0);
    assert_int_equal(pki_run(p, arena_printf(p->a, "%s@lab/pki/audit.pem", check)), 0);
    assert_int_equal(command(p, "--revoke", "U-ADA"), 1);
    assert_int_equal(command(p, "--revoke", "U-EVE"), 1);
}
