#include "dossier/receipt.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "ledger/proof.h"

bool receipt_is(struct bytes file)
{
    size_t len = strlen(PROOF_FIRST_LINE);
    return file.len > len && memcmp(file.data, PROOF_FIRST_LINE, len) == 0;
}

static int check_signatures(struct arena *a, const struct checkpoint *c, const struct trust *t, struct receipt_facts *ret,
                            struct err *e)
{
    struct note_key log = note_key_make(a, c->origin, NOTE_KEY_ED25519, t->log_key);
    int code = note_verify(c, &log, key_note_verify, e);
    for (; code == 0 && ret->witnesses < t->witness_count; ret->witnesses++) {
        uint64_t at_s;
        code = cosignature_verify(a, c, &t->witness[ret->witnesses], key_note_verify, &at_s, e);
        if (code == 0 && (ret->seen_ms == TIME_ABSENT || (int64_t)at_s * 1000 < ret->seen_ms))
            ret->seen_ms = (int64_t)at_s * 1000;
    }
    return code;
}

int receipt_verify(struct arena *a, struct bytes file, const struct trust *t, struct receipt_facts *ret, struct err *e)
{
    struct log_proof proof;
    struct checkpoint c;
    *ret = (struct receipt_facts){.seen_ms = TIME_ABSENT};
    int code = log_proof_parse(a, file, &proof, e);
    if (code == 0)
        code = entry_parse(a, (const char *)proof.entry.data, proof.entry.len, &ret->entry, e);
    if (code == 0)
        code = log_proof_verify(a, &proof, &c, e);
    if (code == 0 && strcmp(c.origin, ret->entry.origin) != 0)
        code = err_raise(e, ERR_DOSSIER_REFUSED, "log", NULL, "the entry is of log %s, the checkpoint of %s", ret->entry.origin, c.origin);
    if (code != 0)
        return code;
    entry_leaf_hash(proof.entry.data, proof.entry.len, ret->leaf);
    ret->index = proof.index;
    ret->size = c.size;
    return check_signatures(a, &c, t, ret, e);
}
