/*
 * Notary and witness, one program in two roles. The notary signs the log's checkpoints; a witness cosigns what the notary
 * signed. Either keeps its own memory of the last tree on its own disk, and signs only a tree that provably extends it; the
 * notary only one whose entries it has read. It believes nobody: not the sequencer, not the database, not a restored backup.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "notary_memory.h"

enum notary_role { NOTARY_LOG, NOTARY_WITNESS };

/** What the settings file says. */
struct notary_options {
    enum notary_role role;
    const char *origin;            /* of the log */
    const char *key_name;          /* of the vkey: the log's is its origin, a witness has its own */
    const char *key;               /* file, Ed25519 in PEM, 0600 */
    const char *memory;            /* file, see notary_memory.h */
    const char *log_key;           /* witness: the log's public key, PEM */
};

/** A tree to be signed, and why it extends the last one. */
struct notary_request {
    const char *origin;
    uint64_t size, old_size;
    const uint8_t *root;           /* DIGEST_LEN bytes */
    struct merkle_proof proof;     /* from old_size to size */
    struct bytes note;             /* witness: the note that the notary signed */
};

struct notary;

/** notary_new(options, ret, e): read key and memory; borrows ${options}. A fault when either is missing: a memory that
 *  was lost is not begun anew here (docs/OPERATIONS.md, recovery). Caller frees with notary_free. */
int notary_new(const struct notary_options *options, struct notary **ret, struct err *e);

/** notary_free(n): wipe the key; NULL is fine. Always returns NULL. */
struct notary *notary_free(struct notary *n);

/** notary_remembers(n): the last tree that was signed; size 0: none. Borrowed. */
const struct notary_memory *notary_remembers(const struct notary *n);

/** From which leaf on entries are shown, and up to which they were. Of a witness both are 0. */
struct notary_span {
    uint64_t from, to;
};

/** notary_read_span(n): what of the log was read and is not signed yet. */
struct notary_span notary_read_span(const struct notary *n);

/** notary_read(n, origin, from, bundle, e): the log's entries from leaf ${from} on, as notary_reading_add takes them.
 *  ERR_STATE_FORBIDS for a witness. */
int notary_read(struct notary *n, const char *origin, uint64_t from, struct bytes bundle, struct err *e);

/** notary_sign(n, a, q, ret, e): the signed note of the tree, in ${a}; remembered on the disk before it is returned.
 *  ERR_TREE_REFUSED when the tree is smaller than, or does not extend, the last one, or is not the one that was read;
 *  ERR_STATE_FORBIDS for a witness. */
int notary_sign(struct notary *n, struct arena *a, const struct notary_request *q, const char **ret, struct err *e);

/** notary_cosign(n, a, q, now_ms, ret, e): a witness's cosignature line (C2SP cosignature/v1), in ${a}. As notary_sign;
 *  ERR_SIGNATURE_REFUSED when the note is not the log's. */
int notary_cosign(struct notary *n, struct arena *a, const struct notary_request *q, int64_t now_ms, const char **ret,
                  struct err *e);

/** notary_close(n, a, ret, e): for ever: nothing is signed under this log's name any more, which is on the disk before it
 *  returns; the note of the last tree once more, in ${a}. May be repeated. ERR_STATE_FORBIDS for a witness, or when nothing
 *  was ever signed. */
int notary_close(struct notary *n, struct arena *a, const char **ret, struct err *e);

/** notary_vkey(n, a): the verifier key, `name+id+key`, in ${a}. */
const char *notary_vkey(const struct notary *n, struct arena *a);
