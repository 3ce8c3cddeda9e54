#include "notary_command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/note.h"
#include "notary.h"

static const char usage[] =
    "usage: stemma-notary --make-key FILE --role log|witness --origin ORIGIN [--name NAME] --memory FILE [--public FILE]\n"
    "       stemma-notary --self-check --role log|witness --origin ORIGIN [--name NAME] --key FILE --memory FILE [--log-key FILE]\n"
    "       stemma-notary --close FILE --role log --origin ORIGIN --key FILE --memory FILE\n"
    "--make-key makes the key (0600), an empty memory and, with --public, the public key in PEM, and prints the verifier\n"
    "key; a witness needs a NAME, the log's key is named ORIGIN. --self-check reads key and memory and prints what was signed.\n"
    "--close ends the log for ever (docs/OPERATIONS.md, recovery of the log): nothing is signed under its name any more; FILE is\n"
    "its last checkpoint. The notary must be stopped.\n";

struct order {
    bool make, check;
    const char *close;               /* where the last checkpoint goes */
    const char *role, *name, *public;
    struct notary_options options;
};

static bool parse(int argc, char **argv, struct order *o)
{
    static const struct option options[] = {
        {"make-key", required_argument, NULL, 'm'}, {"self-check", no_argument, NULL, 'c'}, {"role", required_argument, NULL, 'r'},
        {"close", required_argument, NULL, 'e'},
        {"origin", required_argument, NULL, 'o'},   {"name", required_argument, NULL, 'n'}, {"memory", required_argument, NULL, 's'},
        {"public", required_argument, NULL, 'p'},   {"key", required_argument, NULL, 'k'},  {"log-key", required_argument, NULL, 'l'},
        {NULL, 0, NULL, 0}};
    bool ok = true;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'm': o->make = true; o->options.key = optarg; break;
        case 'c': o->check = true; break;
        case 'e': o->close = optarg; break;
        case 'r': o->role = optarg; break;
        case 'o': o->options.origin = optarg; break;
        case 'n': o->name = optarg; break;
        case 's': o->options.memory = optarg; break;
        case 'p': o->public = optarg; break;
        case 'k': o->options.key = optarg; break;
        case 'l': o->options.log_key = optarg; break;
        default: ok = false;
        }
    }
    if (!ok || optind != argc || o->make + o->check + (o->close != NULL) != 1 || o->role == NULL || o->options.origin == NULL ||
        o->options.key == NULL || o->options.memory == NULL)
        return false;
    bool log = strcmp(o->role, "log") == 0;
    o->options.role = log ? NOTARY_LOG : NOTARY_WITNESS;
    o->options.key_name = o->name != NULL ? o->name : log ? o->options.origin : NULL;
    return (log || strcmp(o->role, "witness") == 0) && o->options.key_name != NULL &&
           (log || o->make || o->options.log_key != NULL);
}

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static int make(struct arena *a, const struct order *o, struct err *e)
{
    CLEANUP(key_done) struct key *key = NULL;
    uint8_t public[NOTE_PUBLIC_LEN];
    int code = key_new(KEY_ED25519, &key, e);
    if (code != 0)
        return code;
    const char *private_pem = key_to_pem(a, key, e);
    const char *public_pem = key_note_public(key, public) ? key_note_public_pem(a, public, e) : NULL;
    if (private_pem == NULL || public_pem == NULL)
        return ERR_FAULT;
    code = file_create(o->options.key, bytes_of(private_pem), 0600, e);
    if (code == 0)
        code = notary_memory_begin(o->options.memory, o->options.origin, e);
    if (code == 0 && o->public != NULL)
        code = file_create(o->public, bytes_of(public_pem), 0644, e);
    if (code != 0)
        return code;
    struct note_key vkey = note_key_make(a, o->options.key_name,
                                         o->options.role == NOTARY_LOG ? NOTE_KEY_ED25519 : NOTE_KEY_COSIGNATURE, public);
    printf("%s\n", note_vkey_text(a, &vkey));
    return 0;
}

static int check(struct arena *a, const struct order *o, struct err *e)
{
    struct notary *n = NULL;
    char root[DIGEST_HEX];
    int code = notary_new(&o->options, &n, e);
    if (code != 0)
        return code;
    const struct notary_memory *m = notary_remembers(n);
    printf("%s\nsize %" PRIu64 "\nroot %s\n%s", notary_vkey(n, a), m->size, hex_of(m->root, DIGEST_LEN, root),
           m->is_closed ? "closed\n" : "");
    notary_free(n);
    return 0;
}

static int close_log(struct arena *a, const struct order *o, struct err *e)
{
    struct notary *n = NULL;
    const char *note = NULL;
    int code = notary_new(&o->options, &n, e);
    if (code == 0)
        code = notary_close(n, a, &note, e);
    if (code == 0)
        code = file_replace(o->close, bytes_of(note), 0644, e);
    if (code == 0)
        printf("closed %s\nsize %" PRIu64 "\n", o->options.origin, notary_remembers(n)->size);
    notary_free(n);
    return code;
}

bool notary_command_is_asked(int argc, char **argv)
{
    return argc > 1 && (strcmp(argv[1], "--make-key") == 0 || strcmp(argv[1], "--self-check") == 0 || strcmp(argv[1], "--close") == 0);
}

int notary_command(int argc, char **argv)
{
    struct order o = {.options = {.log_key = NULL}};
    struct err e;
    if (!parse(argc, argv, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    struct arena *a = arena_new(0);
    int code = o.make ? make(a, &o, &e) : o.close != NULL ? close_log(a, &o, &e) : check(a, &o, &e);
    if (code != 0)
        fprintf(stderr, "stemma-notary: %s\n", e.text);
    arena_free(a);
    return code == 0 ? 0 : 1;
}
