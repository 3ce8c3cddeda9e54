/*
 * Inside of the live verification only: the walk over the log's leaves, and what is held against it on the way: signed trees, the
 * log's own statements about its time and its heads. All of it begins at the first leaf, also in a run that goes on with another.
 */
#pragma once
#include "audit_check_inside.h"
#include "crypto/keys.h"
#include "ledger/note.h"

#define WITNESSES_MAX 16

/** Who must have signed a checkpoint, and whose time-stamps count. */
struct anchors {
    bool are_given;
    struct note_key log, witness[WITNESSES_MAX];
    size_t witness_count;
    struct tsp_trust *tsa;
};

struct stamps;
struct heads;

/** The leaves being read, against what was said about them before. */
struct walk {
    struct merkle_frontier tree, tile;
    struct db_rows tiles;
    int next_tile;
    struct stamps *stamps;
    struct heads *heads;
    char stream[STREAM_MAX + 1];      /* of the first leaf that the last good checkpoint does not cover */
    int64_t seq;
    bool is_broken;
};

/** One leaf as it was read; what is of its entry is absent where the record has none, or it cannot be read. */
struct walk_leaf {
    int64_t index, seq;
    const char *stream;
    int64_t time_ms;                  /* TIME_ABSENT */
    struct bytes entry, statement;    /* of a log.timestamp; data NULL: it is none */
};

/** anchors_read(k, ret, e): the files of the folder `trust`; a note of the report when none is set. Free with anchors_free. */
int anchors_read(struct check *k, struct anchors *ret, struct err *e);
void anchors_free(struct anchors *t);

/** A checkpoint as it is kept: the root beside it, the note's bytes, and what others said of them. */
struct kept_note {
    struct bytes root, note, cosignatures, token;
    int64_t token_ms;
};

/** anchors_judge(a, t, c, kept, e): the note that was read as ${c} has the log's signature, every witness's, and a token of its time. */
int anchors_judge(struct arena *a, const struct anchors *t, const struct checkpoint *c, const struct kept_note *kept, struct err *e);

/** stamps_new(k, a, anchors): what was signed and time-stamped of the log; borrows all. Its pages end with stamps_free.
 *  stamps_leaf(s, w, leaf, e): ${leaf} comes next: is it of a time that can be, and if it is a recorded time-stamp, what is it worth?
 *  stamps_reached(s, w, e): the leaf is in the tree: the checkpoints kept of that size. stamps_end(s, w, e): there are no more leaves. */
struct stamps *stamps_new(struct check *k, struct arena *a, const struct anchors *anchors);
struct stamps *stamps_free(struct stamps *s);
int stamps_leaf(struct stamps *s, const struct walk *w, const struct walk_leaf *leaf, struct err *e);
int stamps_reached(struct stamps *s, struct walk *w, struct err *e);
int stamps_end(struct stamps *s, const struct walk *w, struct err *e);

/** heads_new(k, a): what the log recorded of its heads; grows in ${a}, by some 200 bytes a stream. heads_read(h, e): read it.
 *  heads_leaf(h, leaf, hash): ${leaf} comes next. heads_reached(h, w): it is in the tree: is what was recorded of that size so? */
struct heads *heads_new(struct check *k, struct arena *a);
int heads_read(struct heads *h, struct err *e);
void heads_leaf(struct heads *h, const struct walk_leaf *leaf, const uint8_t hash[DIGEST_LEN]);
void heads_reached(struct heads *h, const struct walk *w);
