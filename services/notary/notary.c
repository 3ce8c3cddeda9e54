#include "notary.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/note.h"
#include "ledger/stream.h"
#include "notary_reading.h"

#define PEM_MAX 4096

struct notary {
    const struct notary_options *options;
    struct arena *arena;
    struct key *key;
    struct note_key note_key;      /* own name and id */
    struct note_key log_key;       /* witness: the log's */
    struct notary_memory memory;
    struct merkle_frontier read;   /* the log only: what was shown since, not signed yet */
    bool is_on_disk;               /* this run wrote `memory`; what was read at start may never have left the cache */
};

static int load_key(struct notary *n, struct err *e)
{
    const struct notary_options *o = n->options;
    struct arena *a = arena_new(0);
    struct bytes pem;
    uint8_t public[NOTE_PUBLIC_LEN];
    int code = file_read(a, o->key, PEM_MAX, &pem, e);
    if (code == 0)
        code = key_from_pem(pem, &n->key, e);
    if (code == 0) {
        union {
            const uint8_t *readable;
            void *own;             /* the arena's copy, ours to wipe */
        } copy = {pem.data};
        explicit_bzero(copy.own, pem.len);
    }
    arena_free(a);
    if (code != 0 || !key_note_public(n->key, public))
        return err_fault(e, "%s holds no Ed25519 key", o->key);
    n->note_key = note_key_make(n->arena, o->key_name,
                                o->role == NOTARY_LOG ? NOTE_KEY_ED25519 : NOTE_KEY_COSIGNATURE, public);
    return 0;
}

static int load_log_key(struct notary *n, struct err *e)
{
    struct bytes pem;
    uint8_t public[NOTE_PUBLIC_LEN];
    if (n->options->role == NOTARY_LOG)
        return 0;
    if (file_read(n->arena, n->options->log_key, PEM_MAX, &pem, e) != 0 || key_note_public_from_pem(pem, public, e) != 0)
        return err_fault(e, "%s holds no Ed25519 public key", n->options->log_key);
    n->log_key = note_key_make(n->arena, n->options->origin, NOTE_KEY_ED25519, public);
    return 0;
}

static int check_names(const struct notary_options *o, struct err *e)
{
    if (!stream_origin_is_valid(o->origin, strlen(o->origin)))
        return err_fault(e, "origin is not the name of a log");
    if (o->key_name[0] == '\0' || strpbrk(o->key_name, "+ \n") != NULL)
        return err_fault(e, "key_name is not a name that a key can have");
    if (o->role == NOTARY_LOG && strcmp(o->key_name, o->origin) != 0)
        return err_fault(e, "the log's key has the log's origin as its name");
    return 0;
}

int notary_new(const struct notary_options *options, struct notary **ret, struct err *e)
{
    int code = check_names(options, e);
    if (code != 0)
        return code;
    struct notary *n = calloc(1, sizeof *n);
    if (n == NULL)
        return err_fault(e, "no memory for the notary");
    n->options = options;
    n->arena = arena_new(0);
    code = load_key(n, e);
    if (code == 0)
        code = load_log_key(n, e);
    if (code == 0)
        code = notary_memory_read(options->memory, options->origin, &n->memory, e);
    n->read = notary_reading_begin(&n->memory);
    if (code != 0)
        notary_free(n);
    else
        *ret = n;
    return code;
}

struct notary *notary_free(struct notary *n)
{
    if (n != NULL) {
        key_free(n->key);
        arena_free(n->arena);
    }
    free(n);
    return NULL;
}

const struct notary_memory *notary_remembers(const struct notary *n)
{
    return &n->memory;
}

struct notary_span notary_read_span(const struct notary *n)
{
    return (struct notary_span){notary_reading_begin(&n->memory).size, n->read.size};
}

const char *notary_vkey(const struct notary *n, struct arena *a)
{
    return note_vkey_text(a, &n->note_key);
}

static int check_asked(const struct notary *n, enum notary_role role, const char *origin, struct err *e)
{
    if (n->options->role != role)
        return err_raise(e, ERR_STATE_FORBIDS, NULL, NULL, "this is the %s",
                         n->options->role == NOTARY_LOG ? "notary, which does not cosign" : "witness, which does not sign");
    if (strcmp(origin, n->options->origin) != 0)
        return err_raise(e, ERR_TREE_REFUSED, "origin", NULL, "the log here is %s", n->options->origin);
    return 0;
}

int notary_read(struct notary *n, const char *origin, uint64_t from, struct bytes bundle, struct err *e)
{
    int code = check_asked(n, NOTARY_LOG, origin, e);
    return code != 0 ? code : notary_reading_add(&n->memory, &n->read, from, bundle, e);
}

/* Check, then remember on the disk; only what is remembered is ever signed. */
static int remember(struct notary *n, const struct notary_request *q, enum notary_role role, struct err *e)
{
    int code = check_asked(n, role, q->origin, e);
    code = code != 0 ? code : notary_memory_check(&n->memory, q->old_size, q->size, q->root, &q->proof, e);
    if (code == 0 && role == NOTARY_LOG)
        code = notary_reading_check(&n->memory, &n->read, q->size, q->root, e);
    struct notary_memory next = {.size = q->size};
    if (role == NOTARY_LOG)
        next.edge = q->size == n->memory.edge.size ? n->memory.edge : n->read;
    if (code != 0 || (q->size == n->memory.size && next.edge.size == n->memory.edge.size && n->is_on_disk))
        return code;
    memcpy(next.root, q->root, DIGEST_LEN);
    code = notary_memory_write(n->options->memory, n->options->origin, &next, e);
    if (code == 0)
        n->memory = next;
    n->is_on_disk = code == 0;
    return code;
}

int notary_sign(struct notary *n, struct arena *a, const struct notary_request *q, const char **ret, struct err *e)
{
    uint8_t signature[NOTE_SIGNATURE_LEN];
    int code = remember(n, q, NOTARY_LOG, e);
    if (code != 0)
        return code;
    struct bytes body = note_body(a, q->origin, q->size, q->root);
    code = key_note_sign(n->key, body, signature, e);
    if (code == 0)
        *ret = (const char *)note_text(a, body, note_line_text(a, &n->note_key, signature)).data;
    return code;
}

int notary_close(struct notary *n, struct arena *a, const char **ret, struct err *e)
{
    uint8_t signature[NOTE_SIGNATURE_LEN];
    struct notary_memory last = n->memory;
    if (n->options->role != NOTARY_LOG || last.size == 0)
        return err_raise(e, ERR_STATE_FORBIDS, NULL, NULL, "only a notary that has signed something closes its log");
    last.is_closed = true;
    int code = notary_memory_write(n->options->memory, n->options->origin, &last, e);
    if (code != 0)
        return code;
    n->memory = last;
    struct bytes body = note_body(a, n->options->origin, last.size, last.root);
    code = key_note_sign(n->key, body, signature, e);
    if (code == 0)
        *ret = (const char *)note_text(a, body, note_line_text(a, &n->note_key, signature)).data;
    return code;
}

/* The note is the log's, and of this very tree. */
static int check_note(struct notary *n, struct arena *a, const struct notary_request *q, struct err *e)
{
    struct checkpoint c;
    int code = note_parse(a, (const char *)q->note.data, q->note.len, &c, e);
    if (code == 0)
        code = note_verify(&c, &n->log_key, key_note_verify, e);
    if (code != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "note", NULL, "the note is not signed by the log");
    if (strcmp(c.origin, q->origin) != 0 || c.size != q->size || memcmp(c.root, q->root, DIGEST_LEN) != 0)
        return err_raise(e, ERR_SIGNATURE_REFUSED, "note", NULL, "the note is of another tree");
    return 0;
}

int notary_cosign(struct notary *n, struct arena *a, const struct notary_request *q, int64_t now_ms, const char **ret,
                  struct err *e)
{
    uint8_t signature[NOTE_SIGNATURE_LEN];
    uint64_t now_s = (uint64_t)(now_ms / 1000);
    int code = n->options->role == NOTARY_WITNESS ? check_note(n, a, q, e) : 0;
    if (code == 0)
        code = remember(n, q, NOTARY_WITNESS, e);
    if (code != 0)
        return code;
    struct bytes message = cosignature_message(a, note_body(a, q->origin, q->size, q->root), now_s);
    code = key_note_sign(n->key, message, signature, e);
    if (code == 0)
        *ret = cosignature_line_text(a, &n->note_key, now_s, signature);
    return code;
}
