/* `authority` is replaced whole, by two renamings, so that the signer finds the old one or the new one; what was broken off before or
 * after is finished by the same command. Lists are published under the locks of both, so that no revocation is lost between. */
#include "signer_ca.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "file/file.h"
#include "signer_issuing.h"
#include "signer_revoke.h"
#include "signer_token.h"

#define PEM_MAX 8192
#define CRL_MAX (1024 * 1024)
#define ISSUING_DAYS 5475
#define REASON_SUPERSEDED 4

/** One replacement under way. */
struct change {
    struct arena *a;
    const char *dir, *next;       /* ${next}: the folder in the making */
    struct issuing_place place;
    struct token *token;
    struct ca_root root;
    struct issuing old;
    struct key *issuing_key, *audit_key;
    struct certificate *issuing, *audit;
    int number;                   /* of the old one, once it is a former one */
};

static const char *in_pki(const struct change *c, const char *name)
{
    return arena_printf(c->a, "%s/pki/%s", c->dir, name);
}

void ca_root_done(struct ca_root *r)
{
    r->key = key_free(r->key);
    r->certificate = certificate_free(r->certificate);
}

int ca_root_load(struct arena *a, const char *dir, const char *key, struct ca_root *ret, struct err *e)
{
    struct bytes pem;
    const char *path = arena_printf(a, "%s/pki/lab-root.pem", dir), *slash = strrchr(key, '/');
    *ret = (struct ca_root){.list = arena_printf(a, "%s/pki/lab-root.crl", dir)};
    if (file_read(a, path, PEM_MAX, &pem, e) != 0 || certificate_from_pem(pem, &ret->certificate, e) != 0)
        return err_fault(e, "%s holds no certificate", path);
    int code = issuing_key(a, slash == NULL ? "." : arena_dup(a, key, (size_t)(slash - key)), slash == NULL ? key : slash + 1, NULL,
                           &ret->key, e);
    return code != 0 || certificate_fits(ret->certificate, ret->key) ? code : err_fault(e, "%s is not the key of %s", key, path);
}

/* A key in a file, or in the token where the one that it replaces lies in it. */
static int make_key(const struct change *c, const char *name, struct key **ret, struct bytes *ret_file, struct err *e)
{
    struct bytes old;
    const char *label;
    int code = file_read(c->a, arena_printf(c->a, "%s/%s.key", c->place.folder, name), PEM_MAX, &old, e);
    if (code == 0 && signer_token_label(c->a, old, &label)) {
        label = arena_printf(c->a, "stemma-%s-%d", name, c->number + 1);
        *ret_file = signer_token_reference(c->a, label);
        code = token_key_keep(c->token, label, ret, e);
        return code == ERR_EXISTS ? token_key_find(c->token, label, ret, e) : code;     /* of a run that was broken off */
    }
    if (code == 0)
        code = key_new(KEY_P256, ret, e);
    const char *pem = code == 0 ? key_to_pem(c->a, *ret, e) : NULL;
    *ret_file = pem == NULL ? (struct bytes){NULL, 0} : (struct bytes){(const uint8_t *)pem, strlen(pem)};
    return pem != NULL ? 0 : code != 0 ? code : ERR_FAULT;
}

static int put(const struct change *c, const char *name, struct bytes data, mode_t mode, struct err *e)
{
    return file_replace(arena_printf(c->a, "%s/%s", c->next, name), data, mode, e);
}

static struct bytes pem_of(const struct change *c, const struct certificate *of)
{
    const char *pem = certificate_to_pem(c->a, of);
    return (struct bytes){(const uint8_t *)pem, strlen(pem)};
}

static int copy(const struct change *c, const char *name, bool may_be_absent, struct err *e)
{
    struct bytes file;
    int code = file_read(c->a, arena_printf(c->a, "%s/%s", c->place.folder, name), PEM_MAX, &file, e);
    if (code == ERR_NOT_FOUND && may_be_absent)
        return 0;
    return code != 0 ? code : put(c, name, file, 0600, e);
}

/* "Lab issuing CA" becomes "Lab issuing CA 2": names differ, so that nobody takes one's list for the other's */
static const char *name_of(const struct change *c)
{
    const char *name = certificate_facts(c->old.certificate)->common_name;
    size_t len = strlen(name);
    while (len > 0 && strchr("0123456789 ", name[len - 1]) != NULL)
        len--;
    return arena_printf(c->a, "%.*s %d", (int)len, name, c->number + 1);
}

static int make(struct change *c, struct err *e)
{
    const struct ca_request issuing = {CA_ISSUING, name_of(c), NULL, NULL, ISSUING_DAYS}, audit = {CA_SERVICE, "audit", NULL, NULL, ISSUING_DAYS};
    struct bytes issuing_file, audit_file;
    int code = make_key(c, "issuing", &c->issuing_key, &issuing_file, e);
    if (code == 0)
        code = make_key(c, "audit", &c->audit_key, &audit_file, e);
    if (code == 0)
        code = ca_issue(&(struct ca){c->root.certificate, c->root.key}, &issuing, c->issuing_key, &c->issuing, e);
    if (code == 0)
        code = ca_issue(&(struct ca){c->issuing, c->issuing_key}, &audit, c->audit_key, &c->audit, e);
    if (code == 0)
        code = file_folder(c->next, 0700, e);
    if (code == 0)
        code = put(c, "issuing.key", issuing_file, 0600, e);
    if (code == 0)
        code = put(c, "audit.key", audit_file, 0600, e);
    if (code == 0)
        code = put(c, "audit.pem", pem_of(c, c->audit), 0644, e);
    if (code == 0)
        code = copy(c, "sealing.key", false, e);
    if (code == 0)
        code = copy(c, "token", true, e);
    return code != 0 ? code : put(c, "issuing.pem", pem_of(c, c->issuing), 0644, e);     /* last: with it the folder is whole */
}

static int move(const char *from, const char *to, struct err *e)
{
    return rename(from, to) == 0 ? 0 : err_fault(e, "cannot call %s %s", from, to);
}

static bool is_same(const struct change *c, const char *one, const char *other)
{
    struct bytes x, y;
    struct err e;
    return file_read(c->a, one, PEM_MAX, &x, &e) == 0 && file_read(c->a, other, PEM_MAX, &y, &e) == 0 && x.len == y.len &&
           memcmp(x.data, y.data, x.len) == 0;
}

static int publish_as(const struct change *c, const char *from, const char *to, struct err *e)
{
    struct bytes file;
    int code = file_read(c->a, from, CRL_MAX, &file, e);
    return code != 0 ? code : file_replace(to, file, 0644, e);
}

/* The list that lies there is the former CA's: it gets that one's name, and the new one begins a list of its own. */
static int publish_lists(const struct change *c, const struct issuing *now, const struct issuing *former, struct err *e)
{
    struct ca_revoked *rows;
    struct bytes crl;
    size_t count;
    long number;
    int code = file_read(c->a, c->place.list, CRL_MAX, &crl, e);
    if (code != 0)
        return code;
    if (ca_crl_read(c->a, former->certificate, crl, &rows, &count, &number, e) != 0)      /* then it is the new one's already */
        return ca_crl_read(c->a, now->certificate, crl, &rows, &count, &number, e);
    code = file_replace(issuing_list(c->a, &c->place, c->number), crl, 0644, e);
    if (code == 0)
        code = ca_crl(c->a, &(struct ca){now->certificate, now->key}, NULL, 0, 1, &crl, e);
    return code != 0 ? code : file_replace(c->place.list, crl, 0644, e);
}

/* pki/issuing.pem comes last: while it is the former one, there is something to finish */
static int publish(struct change *c, struct err *e)
{
    CLEANUP(file_close) int lock = -1;
    CLEANUP(issuing_done) struct issuing now = {0}, former = {0};
    const char *old = issuing_folder(c->a, &c->place, c->number), *new = c->place.folder;
    int code = file_lock(arena_printf(c->a, "%s/issuing.pem", new), &lock, e);
    if (code == 0)
        code = issuing_load(c->a, &c->place, ISSUING_NOW, c->token, &now, e);
    if (code == 0)
        code = issuing_load(c->a, &c->place, c->number, c->token, &former, e);
    if (code == 0)
        code = publish_as(c, arena_printf(c->a, "%s/issuing.pem", old), in_pki(c, arena_printf(c->a, "issuing-%d.pem", c->number)), e);
    if (code == 0)
        code = publish_as(c, arena_printf(c->a, "%s/audit.pem", old), in_pki(c, arena_printf(c->a, "audit-%d.pem", c->number)), e);
    if (code == 0)
        code = publish_lists(c, &now, &former, e);
    if (code == 0)
        code = publish_as(c, arena_printf(c->a, "%s/audit.pem", new), in_pki(c, "audit.pem"), e);
    return code != 0 ? code : publish_as(c, arena_printf(c->a, "%s/issuing.pem", new), in_pki(c, "issuing.pem"), e);
}

/* The old folder away and the new one in its place, whichever of the two is still to be done. */
static int replace(struct change *c, struct err *e)
{
    CLEANUP(file_close) int lock = -1;
    int code = 0;
    if (access(c->place.folder, F_OK) == 0) {
        code = file_lock(arena_printf(c->a, "%s/issuing.pem", c->place.folder), &lock, e);
        if (code == 0)
            code = issuing_load(c->a, &c->place, ISSUING_NOW, c->token, &c->old, e);
        c->number = 1 + issuing_former(c->a, &c->place);
        if (code == 0 && c->number > ISSUING_FORMER_MAX)
            code = err_fault(e, "%d issuing CAs were replaced already", ISSUING_FORMER_MAX);
        if (code == 0)
            code = make(c, e);
        if (code == 0)
            code = move(c->place.folder, issuing_folder(c->a, &c->place, c->number), e);
    }
    if (code == 0)
        code = move(c->next, c->place.folder, e);
    c->number = issuing_former(c->a, &c->place);
    return code != 0 ? code : publish(c, e);
}

static int new_ca(struct change *c, const char *root_key, struct err *e)
{
    int code = ca_root_load(c->a, c->dir, root_key, &c->root, e);
    const char *folder = access(c->place.folder, F_OK) == 0 ? c->place.folder : c->next;
    if (code == 0)
        code = signer_token_open(c->a, folder, &c->token, e);
    c->number = issuing_former(c->a, &c->place);
    if (code == 0 && folder == c->place.folder && c->number > 0 &&
        !is_same(c, arena_printf(c->a, "%s/issuing.pem", folder), in_pki(c, "issuing.pem")))
        code = publish(c, e);
    else if (code == 0)
        code = replace(c, e);
    return code != 0 ? code : revocation_extend(c->a, &(struct ca){c->root.certificate, c->root.key}, c->root.list, NULL, e);
}

static int revoke_ca(struct change *c, const char *number, const char *root_key, struct err *e)
{
    char *end;
    long n = strtol(number, &end, 10);
    if (*number == '\0' || *end != '\0' || n < 1 || n > issuing_former(c->a, &c->place))
        return err_raise(e, ERR_NOT_FOUND, "number", NULL, "there is no former issuing CA %s; the present one is replaced first (--new-ca)", number);
    int code = ca_root_load(c->a, c->dir, root_key, &c->root, e);
    if (code == 0)
        code = signer_token_open(c->a, c->place.folder, &c->token, e);
    if (code == 0)
        code = issuing_load(c->a, &c->place, (int)n, c->token, &c->old, e);
    if (code != 0)
        return code;
    const struct ca_revoked one = {certificate_facts(c->old.certificate)->serial, clock_ms(), REASON_SUPERSEDED};
    return revocation_extend(c->a, &(struct ca){c->root.certificate, c->root.key}, c->root.list, &one, e);
}

bool signer_ca_is_asked(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[1], "--new-ca") == 0 || strcmp(argv[1], "--revoke-ca") == 0);
}

static void change_free(struct change *c)
{
    ca_root_done(&c->root);
    issuing_done(&c->old);
    key_free(c->issuing_key);
    key_free(c->audit_key);
    certificate_free(c->issuing);
    certificate_free(c->audit);
    token_free(c->token);        /* after its keys */
    arena_free(c->a);
}

int signer_ca(int argc, char **argv)
{
    bool is_new = strcmp(argv[1], "--new-ca") == 0;
    if (argc != (is_new ? 4 : 5)) {
        fputs("usage: stemma-signer --new-ca DIR ROOT-KEY               a new issuing CA and audit certificate under the lab's root\n"
              "       stemma-signer --revoke-ca DIR NUMBER ROOT-KEY     the root revokes a former one, and with it all it issued\n"
              "DIR is where the lab was founded, ROOT-KEY the root's key, brought from the safe. The former CA lies in DIR/authority-1 (-2 ...)\n"
              "from then on: it issues no more, and what it issued goes on. Start the signer and access anew, renew people's keys (`stemma\n"
              "person rotate`), then revoke it. Broken off, --new-ca is given again. Both renew the root's list.\n", stderr);
        return 2;
    }
    struct change c = {.a = arena_new(0), .dir = argv[2]};
    struct err e;
    c.place = (struct issuing_place){arena_printf(c.a, "%s/authority", c.dir), in_pki(&c, "issuing.crl")};
    c.next = arena_printf(c.a, "%s/authority.next", c.dir);
    int code = is_new ? new_ca(&c, argv[3], &e) : revoke_ca(&c, argv[3], argv[4], &e);
    if (code != 0)
        fprintf(stderr, "stemma-signer: %s\n", e.text);
    else if (is_new)
        printf("the former issuing CA is number %d: %s\n", c.number, issuing_folder(c.a, &c.place, c.number));
    change_free(&c);
    return code == 0 ? 0 : 1;
}
