/*
 * A proof that stands alone (c2sp.org/tlog-proof@v1): one entry, its place in the tree, the checkpoint with the log's and
 * the witnesses' signatures. What a client keeps as receipt. The extra line carries the entry's bytes, which the proof is
 * about; nothing in it is believed but by its hash.
 */
#pragma once
#include "base/text.h"
#include "ledger/merkle.h"
#include "ledger/note.h"

#define PROOF_FIRST_LINE "c2sp.org/tlog-proof@v1\n"

struct log_proof {
    struct bytes entry;              /* the bytes whose leaf hash is proved */
    uint64_t index;
    struct merkle_proof path;
    struct bytes note;               /* the checkpoint with every signature line */
};

/** log_proof_text(a, p): as text, in ${a}. */
struct bytes log_proof_text(struct arena *a, const struct log_proof *p);

/** log_proof_parse(a, text, ret, e): read strictly; only the text's form is judged. ERR_DOSSIER_REFUSED. */
int log_proof_parse(struct arena *a, struct bytes text, struct log_proof *ret, struct err *e);

/** log_proof_note(a, note, cosignatures): the log's note with the witnesses' lines (format.md keeps them in a file of
 *  their own, after the same three lines) behind its own: the checkpoint as C2SP has it. */
struct bytes log_proof_note(struct arena *a, struct bytes note, struct bytes cosignatures);

/** log_proof_verify(a, p, ret, e): the entry is in the tree of the checkpoint ${ret}, whose signatures are the caller's to
 *  judge. ERR_DOSSIER_REFUSED. */
int log_proof_verify(struct arena *a, const struct log_proof *p, struct checkpoint *ret, struct err *e);
