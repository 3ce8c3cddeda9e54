/*
 * Checkpoints as C2SP signed notes, and the cosignatures of witnesses (c2sp.org/signed-note, tlog-checkpoint,
 * tlog-cosignature; format.md, "Checkpoint"). Text only: the 64 bytes of an Ed25519 signature come from, and are judged
 * by, whoever holds the keys. Refuses extension lines and any second reading of a note.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/line.h"

#define NOTE_KEY_ED25519 0x01
#define NOTE_KEY_COSIGNATURE 0x04
#define NOTE_SIGNATURE 64
#define NOTE_PUBLIC 32
#define NOTE_LINES_MAX 32

struct note_key {
    const char *name;
    uint8_t type;                /* NOTE_KEY_ED25519 or NOTE_KEY_COSIGNATURE */
    uint8_t id[4];
    uint8_t public_key[NOTE_PUBLIC];
};

/** One signature line: `— name base64(id || blob)`. */
struct note_line {
    const char *name;
    uint8_t id[4];
    struct bytes blob;           /* behind the key id */
};

struct checkpoint {
    struct bytes body;           /* the three lines that are signed */
    const char *origin;
    uint64_t size;
    uint8_t root[DIGEST_LEN];
    const struct note_line *line;
    size_t line_count;
};

/** A judge of Ed25519 signatures: true if ${sig} over ${len} bytes holds under ${public_key}. */
typedef bool note_judge(const uint8_t public_key[NOTE_PUBLIC], const void *data, size_t len,
                        const uint8_t sig[NOTE_SIGNATURE]);

/** note_key_make(a, name, type, public_key): the key with its id: first 4 bytes of SHA-256(name LF type key). */
struct note_key note_key_make(struct arena *a, const char *name, uint8_t type, const uint8_t public_key[NOTE_PUBLIC]);

/** note_vkey_text(a, key): `name+keyid+base64(type || key)`. */
char *note_vkey_text(struct arena *a, const struct note_key *key);

/** note_vkey_parse(a, text, len, ret, e): read a verifier key; the id must be right. */
int note_vkey_parse(struct arena *a, const char *text, size_t len, struct note_key *ret, struct err *e);

/** note_body(a, origin, size, root): the three body lines. */
struct bytes note_body(struct arena *a, const char *origin, uint64_t size, const uint8_t root[DIGEST_LEN]);

/** note_line_text(a, key, sig): the log's signature line with its LF. */
char *note_line_text(struct arena *a, const struct note_key *key, const uint8_t sig[NOTE_SIGNATURE]);

/** note_text(a, body, lines): body, empty line, ${lines} (one or more signature lines, as text). */
struct bytes note_text(struct arena *a, struct bytes body, const char *lines);

/** note_line_read(a, r, ret): read one signature line; false if there is none. */
bool note_line_read(struct arena *a, struct line_reader *r, struct note_line *ret);

/** note_parse(a, text, len, ret, e): a note of three body lines and one or more signature lines. */
int note_parse(struct arena *a, const char *text, size_t len, struct checkpoint *ret, struct err *e);

/** cosignatures_parse(a, text, len, ret, e): the witnesses' file: as note_parse, but none may have signed. */
int cosignatures_parse(struct arena *a, const char *text, size_t len, struct checkpoint *ret, struct err *e);

/** note_verify(c, key, judge, e): the line of ${key} is there, and holds (NOTE_KEY_ED25519). */
int note_verify(const struct checkpoint *c, const struct note_key *key, note_judge *judge, struct err *e);

/** cosignature_message(a, body, time_s): what a witness signs: `cosignature/v1` LF `time N` LF and the note's body. */
struct bytes cosignature_message(struct arena *a, struct bytes body, uint64_t time_s);

/** cosignature_line_text(a, key, time_s, sig): a witness's line with its LF. */
char *cosignature_line_text(struct arena *a, const struct note_key *key, uint64_t time_s,
                            const uint8_t sig[NOTE_SIGNATURE]);

/** cosignature_verify(a, c, key, judge, ret_time_s, e): the witness's line is in ${c}, and holds over its body. */
int cosignature_verify(struct arena *a, const struct checkpoint *c, const struct note_key *key, note_judge *judge,
                       uint64_t *ret_time_s, struct err *e);
