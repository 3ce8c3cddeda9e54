#include "signer_revoke.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/ca.h"
#include "crypto/digest.h"
#include "file/file.h"
#include "signer_ca.h"
#include "signer_issuing.h"
#include "signer_store.h"
#include "signer_token.h"

#define CRL_MAX (1024 * 1024)

/** The lab at this machine: its folder, and the token where there is one. */
struct machine {
    struct arena *a;
    const char *dir;
    struct issuing_place place;
    struct token *token;
};

static bool is_listed(const struct ca_revoked *list, size_t count, const char *serial)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].serial, serial) == 0)
            return true;
    return false;
}

/* The list as it was stays beside the new one: who looks at an act of that time with the tools of the trade needs a list of that time. */
static int keep_former(struct arena *a, const char *path, struct bytes former, struct err *e)
{
    uint8_t hash[DIGEST_LEN];
    size_t stem = strlen(path) - strlen(".crl");
    digest_sha256(former.data, former.len, hash);
    return file_replace(arena_printf(a, "%.*s-%s" CA_LIST_FORMER, (int)stem, path, hex_text(a, hash, 8)), former, 0644, e);
}

int revocation_extend(struct arena *a, const struct ca *ca, const char *path, const struct ca_revoked *one,
                      struct err *e)
{
    struct ca_revoked *old = NULL;
    struct bytes crl, former = {NULL, 0};
    size_t count = 0;
    long number = 0;
    int code = file_read(a, path, CRL_MAX, &former, e);
    if (code == 0)
        code = ca_crl_read(a, ca->certificate, former, &old, &count, &number, e);
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
    if (code == 0)
        code = keep_former(a, path, former, e);
    return code != 0 ? code : file_replace(path, crl, 0644, e);
}

int revocation_publish(struct arena *a, const struct ca *ca, const struct revocation_place *place, const struct ca_revoked *one,
                       struct err *e)
{
    CLEANUP(file_close) int lock = -1;
    int code = file_lock(arena_printf(a, "%s/issuing.pem", place->authority), &lock, e);
    return code != 0 ? code : revocation_extend(a, ca, place->list, one, e);
}

/* The list of that CA as it is, with ${serial} (NULL: nobody) revoked from now on, under the next number. */
static int issue(const struct machine *m, int number, const struct issuing *i, const char *serial, struct err *e)
{
    const struct ca_revoked one = {serial, clock_ms(), 0};
    const struct revocation_place place = {issuing_list(m->a, &m->place, number), m->place.folder};
    return revocation_publish(m->a, &(struct ca){i->certificate, i->key}, &place, serial == NULL ? NULL : &one, e);
}

/* Every CA's list again; one whose key was taken away has none to renew. */
static int renew(const struct machine *m, struct err *e)
{
    int code = 0, count = 1 + issuing_former(m->a, &m->place);
    for (int n = 0; code == 0 && n < count; n++) {
        CLEANUP(issuing_done) struct issuing i = {0};
        code = issuing_load(m->a, &m->place, n, m->token, &i, e);
        if (code == 0 && i.key != NULL)
            code = issue(m, n, &i, NULL, e);
    }
    return code;
}

static int renew_root(const struct machine *m, const char *key, struct err *e)
{
    CLEANUP(ca_root_done) struct ca_root root = {0};
    int code = ca_root_load(m->a, m->dir, key, &root, e);
    return code != 0 ? code : revocation_extend(m->a, &(struct ca){root.certificate, root.key}, root.list, NULL, e);
}

static int revoke(const struct machine *m, const char *person_id, struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    int code = rule_person(person_id, e), count = 1 + issuing_former(m->a, &m->place);
    if (code == 0)
        code = store_load(m->a, arena_printf(m->a, "%s/keys", m->dir), person_id, &stored, e);
    for (int n = 0; code == 0 && n < count; n++) {
        CLEANUP(issuing_done) struct issuing i = {0};
        code = issuing_load(m->a, &m->place, n, m->token, &i, e);
        if (code != 0 || !certificate_is_by(stored.certificate, i.certificate))
            continue;
        return i.key != NULL ? issue(m, n, &i, certificate_facts(stored.certificate)->serial, e)
                             : err_raise(e, ERR_STATE_FORBIDS, "person_id", NULL, "the key of the CA that issued this certificate was taken away: "
                                         "the root revokes that CA (--revoke-ca)");
    }
    return code != 0 ? code : err_fault(e, "no CA here issued the certificate of %s", person_id);
}

bool signer_revoke_is_asked(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[1], "--revoke") == 0 || strcmp(argv[1], "--renew-crl") == 0);
}

int signer_revoke(int argc, char **argv)
{
    bool person = strcmp(argv[1], "--revoke") == 0, root = !person && argc == 4;
    if (argc != (person ? 4 : 3) && !root) {
        fputs("usage: stemma-signer --revoke DIR U-ID                revoke a person's certificate from now on\n"
              "       stemma-signer --renew-crl DIR [ROOT-KEY]       the same lists again, good for 40 days more\n"
              "DIR is where the lab was founded; the list is DIR/pki/issuing.crl, and each former issuing CA has its own. With the key of\n"
              "the root, brought from the safe, its list (DIR/pki/lab-root.crl) is renewed besides. Services read lists again when they\n"
              "change. The signer may be running: each waits for the other. --revoke leaves the key where it is: an administrator's\n"
              "`stemma person revoke` destroys it.\n", stderr);
        return 2;
    }
    struct machine m = {.a = arena_new(0), .dir = argv[2]};
    struct err e;
    m.place = (struct issuing_place){arena_printf(m.a, "%s/authority", m.dir), arena_printf(m.a, "%s/pki/issuing.crl", m.dir)};
    int code = signer_token_open(m.a, m.place.folder, &m.token, &e);
    if (code == 0)
        code = person ? revoke(&m, argv[3], &e) : renew(&m, &e);
    if (code == 0 && root)
        code = renew_root(&m, argv[3], &e);
    if (code != 0)
        fprintf(stderr, "stemma-signer: %s\n", e.text);
    token_free(m.token);
    arena_free(m.a);
    return code == 0 ? 0 : 1;
}
