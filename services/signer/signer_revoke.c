#include "signer_revoke.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/ca.h"
#include "file/file.h"
#include "signer_store.h"
#include "signer_token.h"

#define CRL_MAX (1024 * 1024)

struct issuing {
    struct arena *a;
    const char *dir;
    struct certificate *certificate;
    struct token *token;
    struct key *key;
};

static int load(struct issuing *i, struct err *e)
{
    struct bytes pem;
    const char *label;
    int code = file_read(i->a, arena_printf(i->a, "%s/authority/issuing.pem", i->dir), 8192, &pem, e);
    if (code == 0)
        code = certificate_from_pem(pem, &i->certificate, e);
    if (code == 0)
        code = file_read(i->a, arena_printf(i->a, "%s/authority/issuing.key", i->dir), 8192, &pem, e);
    if (code != 0 || !signer_token_label(i->a, pem, &label))
        return code != 0 ? code : key_from_pem(pem, &i->key, e);
    code = signer_token_open(i->a, arena_printf(i->a, "%s/authority", i->dir), &i->token, e);
    if (code == 0 && i->token == NULL)
        code = err_fault(e, "the issuing key is in a token, and %s/authority/token names none", i->dir);
    return code != 0 ? code : token_key_find(i->token, label, &i->key, e);
}

static bool is_listed(const struct ca_revoked *list, size_t count, const char *serial)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].serial, serial) == 0)
            return true;
    return false;
}

static int publish(struct arena *a, const struct ca *ca, const char *path, const struct ca_revoked *one, struct err *e)
{
    struct ca_revoked *old = NULL;
    struct bytes crl;
    size_t count = 0;
    long number = 0;
    int code = file_read(a, path, CRL_MAX, &crl, e);
    if (code == 0)
        code = ca_crl_read(a, ca->certificate, crl, &old, &count, &number, e);
    if (code != 0)
        return code;
    struct ca_revoked *list = ARENA_ARRAY(a, struct ca_revoked, count + 1);
    if (count > 0)
        memcpy(list, old, count * sizeof *list);
    if (one != NULL && is_listed(list, count, one->serial))
        return err_raise(e, ERR_EXISTS, "person_id", NULL, "this certificate is revoked already");
    if (one != NULL)
        list[count++] = *one;
    code = ca_crl(a, ca, list, count, number + 1, &crl, e);
    return code != 0 ? code : file_replace(path, crl, 0644, e);
}

int revocation_publish(struct arena *a, const struct ca *ca, const struct revocation_place *place, const struct ca_revoked *one,
                       struct err *e)
{
    CLEANUP(file_close) int lock = -1;
    int code = file_lock(arena_printf(a, "%s/issuing.pem", place->authority), &lock, e);
    return code != 0 ? code : publish(a, ca, place->list, one, e);
}

/* The list as it is, with ${serial} (NULL: nobody) revoked from now on, under the next number. */
static int issue(const struct issuing *i, const char *serial, struct err *e)
{
    const struct ca_revoked one = {serial, clock_ms(), 0};
    const struct revocation_place place = {arena_printf(i->a, "%s/pki/issuing.crl", i->dir), arena_printf(i->a, "%s/authority", i->dir)};
    return revocation_publish(i->a, &(struct ca){i->certificate, i->key}, &place, serial == NULL ? NULL : &one, e);
}

static int revoke(const struct issuing *i, const char *person_id, struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    int code = rule_person(person_id, e);
    if (code == 0)
        code = store_load(i->a, arena_printf(i->a, "%s/keys", i->dir), person_id, &stored, e);
    return code != 0 ? code : issue(i, certificate_facts(stored.certificate)->serial, e);
}

bool signer_revoke_is_asked(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[1], "--revoke") == 0 || strcmp(argv[1], "--renew-crl") == 0);
}

int signer_revoke(int argc, char **argv)
{
    bool person = strcmp(argv[1], "--revoke") == 0;
    if (argc != (person ? 4 : 3)) {
        fputs("usage: stemma-signer --revoke DIR U-ID     revoke a person's certificate from now on\n"
              "       stemma-signer --renew-crl DIR       the same list again, good for 40 days more\n"
              "DIR is where the lab was founded; the list is DIR/pki/issuing.crl. Services read it again when it changes.\n"
              "The signer may be running: each waits for the other. --revoke leaves the key where it is: an administrator's\n"
              "`stemma person revoke` destroys it.\n", stderr);
        return 2;
    }
    struct issuing i = {.a = arena_new(0), .dir = argv[2]};
    struct err e;
    int code = load(&i, &e);
    if (code == 0)
        code = person ? revoke(&i, argv[3], &e) : issue(&i, NULL, &e);
    if (code != 0)
        fprintf(stderr, "stemma-signer: %s\n", e.text);
    certificate_free(i.certificate);
    key_free(i.key);
    token_free(i.token);
    arena_free(i.a);
    return code == 0 ? 0 : 1;
}
