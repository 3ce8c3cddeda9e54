#include "signer_found.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/ca.h"
#include "file/file.h"
#include "signer_store.h"
#include "signer_token.h"

#define ROOT_DAYS 10950          /* thirty years: dossiers are read that late */
#define ISSUING_DAYS 5475
#define SECRET_MIN 8
#define SECRET_MAX 1000

struct founding {
    const char *dir, *lab, *person_id, *name, *roles;
    int secret_fd;
    int days;                    /* of the first administrator's and the services' certificates */
    struct key_cost cost;
    char *token_words;           /* MODULE,LABEL,PIN-FILE; NULL: keys lie in files */
    struct token_place place;
    const char *pin;
    struct token *token;
    struct bytes wrapped;        /* the first administrator's key, where there is a token */
    struct arena *a;
    struct key *root_key, *issuing_key, *audit_key, *stamp_root_key, *stamp_key, *sealing_key, *person_key;
    struct certificate *root, *issuing, *audit, *stamp_root, *stamp, *person;
};

static const char usage[] =
    "usage: stemma-signer --found DIR --lab NAME --person U-ID --name \"PRINTED NAME\" [--roles admin]\n"
    "                     [--secret-fd N] [--argon2 KIB,PASSES] [--days N] [--token MODULE,LABEL,PIN-FILE]\n"
    "Makes, under DIR: offline/ (keys of the lab's and the time-stamps' root: take them away), authority/ and keys/ (the\n"
    "signer's), tsa/ (the demo's time-stamp authority), trust/ (lab-root.pem, tsa-root.pem), pki/ (certificates, CRLs).\n"
    "The first administrator's secret is one line from descriptor N, or asked at the terminal.\n"
    "With --token the issuing CA's, the audit service's and people's keys are made in that PKCS#11 token; the roots never are.\n";

static int put(struct founding *f, const char *name, struct bytes data, mode_t mode, struct err *e)
{
    return file_create(arena_printf(f->a, "%s/%s", f->dir, name), data, mode, e);
}

/* in a token a key has its file's name */
static const char *label_of(struct founding *f, const char *name)
{
    const char *last = strrchr(name, '/') + 1;
    return arena_printf(f->a, "stemma-%.*s", (int)strcspn(last, "."), last);
}

static int put_key(struct founding *f, const char *name, const struct key *key, struct err *e)
{
    if (f->token != NULL && (key == f->issuing_key || key == f->audit_key))
        return put(f, name, signer_token_reference(f->a, label_of(f, name)), 0600, e);
    const char *pem = key_to_pem(f->a, key, e);
    return pem == NULL ? ERR_FAULT : put(f, name, (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, e);
}

static int put_certificate(struct founding *f, const char *name, const struct certificate *c, struct err *e)
{
    const char *pem = certificate_to_pem(f->a, c);
    return put(f, name, (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0644, e);
}

/* the keys that sign every day; a root's is made in a file, and taken away */
static int make_in_token(struct founding *f, struct err *e)
{
    int code = token_prepare(f->token, e);
    if (code == 0)
        code = token_key_keep(f->token, "stemma-issuing", &f->issuing_key, e);
    if (code == 0)
        code = token_key_keep(f->token, "stemma-audit", &f->audit_key, e);
    return code != 0 ? code : token_key_new(f->a, f->token, &f->person_key, &f->wrapped, e);
}

static int make_keys(struct founding *f, struct err *e)
{
    struct key **keys[] = {&f->root_key,  &f->issuing_key, &f->audit_key, &f->stamp_root_key,
                           &f->stamp_key, &f->sealing_key, &f->person_key};
    int code = f->token != NULL ? make_in_token(f, e) : 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && code == 0; i++)
        if (*keys[i] == NULL)
            code = key_new(KEY_P256, keys[i], e);
    return code;
}

static int make_certificates(struct founding *f, struct err *e)
{
    const char *lab = f->lab;
    const struct ca_request root = {CA_ROOT, arena_printf(f->a, "%s root", lab), NULL, NULL, ROOT_DAYS};
    const struct ca_request issuing = {CA_ISSUING, arena_printf(f->a, "%s issuing CA", lab), NULL, NULL, ISSUING_DAYS};
    const struct ca_request audit = {CA_SERVICE, "audit", NULL, NULL, ISSUING_DAYS};
    const struct ca_request person = {CA_PERSON, f->name, f->person_id, f->roles, f->days};
    const struct ca_request stamp_root = {CA_ROOT, arena_printf(f->a, "%s time-stamp root", lab), NULL, NULL, ROOT_DAYS};
    const struct ca_request stamp = {CA_STAMP, arena_printf(f->a, "%s time-stamps", lab), NULL, NULL, ISSUING_DAYS};
    int code = ca_found(&root, f->root_key, &f->root, e);
    if (code == 0)
        code = ca_issue(&(struct ca){f->root, f->root_key}, &issuing, f->issuing_key, &f->issuing, e);
    if (code == 0)
        code = ca_issue(&(struct ca){f->issuing, f->issuing_key}, &audit, f->audit_key, &f->audit, e);
    if (code == 0)
        code = ca_issue(&(struct ca){f->issuing, f->issuing_key}, &person, f->person_key, &f->person, e);
    if (code == 0)
        code = ca_found(&stamp_root, f->stamp_root_key, &f->stamp_root, e);
    if (code == 0)
        code = ca_issue(&(struct ca){f->stamp_root, f->stamp_root_key}, &stamp, f->stamp_key, &f->stamp, e);
    return code;
}

static int put_crls(struct founding *f, struct err *e)
{
    struct bytes root, issuing;
    int code = ca_crl(f->a, &(struct ca){f->root, f->root_key}, NULL, 0, 1, &root, e);
    if (code == 0)
        code = ca_crl(f->a, &(struct ca){f->issuing, f->issuing_key}, NULL, 0, 1, &issuing, e);
    if (code == 0)
        code = put(f, "pki/lab-root.crl", root, 0644, e);
    return code != 0 ? code : put(f, "pki/issuing.crl", issuing, 0644, e);
}

/* The administrator's key under the secret, before anything is written: who mistypes leaves nothing behind. */
static int lock_person(struct founding *f, struct bytes *ret, struct err *e)
{
    uint8_t secret[SECRET_MAX];
    size_t len = 0;
    int code = secret_read_new(f->secret_fd, "New secret", secret, sizeof secret, &len, e);
    if (code == 0 && len < SECRET_MIN)
        code = err_raise(e, ERR_FIELD_RANGE, "secret", NULL, "a secret has at least %d characters", SECRET_MIN);
    const struct bytes given = {secret, len};
    if (code == 0)
        code = f->token != NULL ? key_lock_wrapped(f->a, f->wrapped, given, &f->cost, ret, e)
                                : key_lock(f->a, f->person_key, given, &f->cost, ret, e);
    explicit_bzero(secret, sizeof secret);
    return code;
}

static int put_all(struct founding *f, struct err *e)
{
    const struct {
        const char *name;
        const struct key *key;
        const struct certificate *certificate;
    } rows[] = {
        {"offline/lab-root.key", f->root_key, NULL},   {"offline/tsa-root.key", f->stamp_root_key, NULL},
        {"authority/issuing.key", f->issuing_key, NULL}, {"authority/issuing.pem", NULL, f->issuing},
        {"authority/audit.key", f->audit_key, NULL},   {"authority/audit.pem", NULL, f->audit},
        {"authority/sealing.key", f->sealing_key, NULL}, {"tsa/tsa.key", f->stamp_key, NULL},
        {"tsa/tsa.pem", NULL, f->stamp},               {"trust/lab-root.pem", NULL, f->root},
        {"trust/tsa-root.pem", NULL, f->stamp_root},   {"pki/lab-root.pem", NULL, f->root},
        {"pki/issuing.pem", NULL, f->issuing},         {"pki/audit.pem", NULL, f->audit},
        {"pki/tsa-root.pem", NULL, f->stamp_root},     {"pki/tsa.pem", NULL, f->stamp},
    };
    int code = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && code == 0; i++)
        code = rows[i].key != NULL ? put_key(f, rows[i].name, rows[i].key, e)
                                   : put_certificate(f, rows[i].name, rows[i].certificate, e);
    if (code == 0)
        code = put_certificate(f, arena_printf(f->a, "pki/%s.pem", f->person_id), f->person, e);
    if (code == 0 && f->token != NULL)
        code = put(f, "authority/token", signer_token_text(f->a, &f->place, f->pin), 0600, e);
    return code != 0 ? code : put_crls(f, e);
}

static int put_folders(struct founding *f, struct err *e)
{
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {{"", 0755}, {"/offline", 0700}, {"/authority", 0700}, {"/keys", 0700},
                   {"/tsa", 0700}, {"/trust", 0755}, {"/pki", 0755}};
    int code = 0;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && code == 0; i++)
        code = file_folder(arena_printf(f->a, "%s%s", f->dir, folders[i].name), folders[i].mode, e);
    return code;
}

static int open_token(struct founding *f, struct err *e)
{
    char *rest = f->token_words;
    f->place.module = strsep(&rest, ",");
    f->place.label = strsep(&rest, ",");
    f->pin = strsep(&rest, ",");
    if (f->pin == NULL || rest != NULL)
        return err_raise(e, ERR_FIELD_TYPE, "token", NULL, "--token takes MODULE,LABEL,PIN-FILE");
    return signer_token_pin(f->a, f->pin, &f->place, &f->token, e);
}

static int found(struct founding *f, struct err *e)
{
    struct bytes locked;
    int code = rule_person(f->person_id, e);
    if (code == 0 && f->token_words != NULL)
        code = open_token(f, e);
    if (code == 0)
        code = make_keys(f, e);
    if (code == 0)
        code = make_certificates(f, e);
    if (code == 0)
        code = lock_person(f, &locked, e);
    if (code == 0)
        code = put_folders(f, e);
    if (code == 0)
        code = put_all(f, e);
    return code != 0 ? code
                     : store_create(f->a, arena_printf(f->a, "%s/keys", f->dir), f->person_id, locked, f->person, e);
}

static bool parse_cost(const char *text, struct key_cost *ret)
{
    char end;
    return sscanf(text, "%7u,%2u%c", &ret->memory_kib, &ret->passes, &end) == 2;
}

static bool parse(int argc, char **argv, struct founding *f)
{
    static const struct option options[] = {{"found", required_argument, NULL, 'f'},  {"lab", required_argument, NULL, 'l'},
                                            {"person", required_argument, NULL, 'p'}, {"name", required_argument, NULL, 'n'},
                                            {"roles", required_argument, NULL, 'r'},  {"secret-fd", required_argument, NULL, 's'},
                                            {"argon2", required_argument, NULL, 'a'}, {"days", required_argument, NULL, 'd'},
                                            {"token", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    bool ok = true;
    optind = 1;
    for (int o; ok && (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'f': f->dir = optarg; break;
        case 'l': f->lab = optarg; break;
        case 'p': f->person_id = optarg; break;
        case 'n': f->name = optarg; break;
        case 'r': f->roles = optarg; break;
        case 's': f->secret_fd = (int)strtol(optarg, NULL, 10); break;
        case 'a': ok = parse_cost(optarg, &f->cost); break;
        case 't': f->token_words = optarg; break;
        case 'd': f->days = (int)strtol(optarg, NULL, 10); break;
        default: ok = false;
        }
    }
    return ok && optind == argc && f->dir != NULL && f->lab != NULL && f->person_id != NULL && f->name != NULL;
}

static void founding_free(struct founding *f)
{
    struct key *keys[] = {f->root_key,  f->issuing_key, f->audit_key, f->stamp_root_key,
                          f->stamp_key, f->sealing_key, f->person_key};
    struct certificate *certificates[] = {f->root, f->issuing, f->audit, f->stamp_root, f->stamp, f->person};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        key_free(keys[i]);
    token_free(f->token);        /* after its keys */
    for (size_t i = 0; i < sizeof certificates / sizeof certificates[0]; i++)
        certificate_free(certificates[i]);
    arena_free(f->a);
}

bool signer_found_is_asked(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "--found") == 0;
}

int signer_found(int argc, char **argv)
{
    struct founding f = {.roles = "admin", .secret_fd = -1, .days = 730, .cost = {19456, 2}};
    struct err e;
    if (!parse(argc, argv, &f)) {
        fputs(usage, stderr);
        return 2;
    }
    f.a = arena_new(0);
    int code = found(&f, &e);
    if (code != 0)
        fprintf(stderr, "stemma-signer: the lab is not founded: %s\n", e.text);
    else
        printf("founded %s\nadministrator %s %s\n", f.dir, f.person_id, certificate_facts(f.person)->sha256);
    founding_free(&f);
    return code == 0 ? 0 : 1;
}
