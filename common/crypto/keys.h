/*
 * Private keys: P-256 for people and services (acts, certificates), Ed25519 for notes (log and witnesses). At rest a
 * person's key is a text file: PKCS#8 under AES-256-GCM, its key made from the secret by argon2id with the parameters
 * that stand in the file. A wrong secret costs the same work and gives the same refusal whatever is wrong. Plain key
 * bytes and secrets are wiped; nothing here prints them.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"

#define KEY_POINT_LEN 65         /* P-256 public key, uncompressed: 04 ‖ x ‖ y */
#define NOTE_PUBLIC_LEN 32       /* Ed25519 public key */
#define NOTE_SIGNATURE_LEN 64

enum key_kind { KEY_P256, KEY_ED25519, KEY_KIND_COUNT };

struct key;

/** What argon2id is to cost: memory in KiB, passes over it. The demo takes 19456 KiB, 2 passes (about 30 ms). */
struct key_cost {
    unsigned memory_kib, passes;
};

/** key_new(kind, ret, e): a fresh key pair. Caller frees with key_free. */
int key_new(enum key_kind kind, struct key **ret, struct err *e);

/** key_free(k): wipe and free; NULL is fine. Always returns NULL. */
struct key *key_free(struct key *k);

/** key_done(k): for CLEANUP(key_done) struct key *k. */
void key_done(struct key **k);

/** key_point(k, ret): the public point of a P-256 key; false for another kind. */
bool key_point(const struct key *k, uint8_t ret[KEY_POINT_LEN]);

/** key_to_pem(a, k, e): PKCS#8 PEM without a secret, for services' own keys (files of mode 0600). In ${a}; NULL: fault. */
const char *key_to_pem(struct arena *a, const struct key *k, struct err *e);

/** key_from_pem(pem, ret, e): such a key back. ERR_BODY_MALFORMED when it is none of our kinds. Caller frees. */
int key_from_pem(struct bytes pem, struct key **ret, struct err *e);

/** key_lock(a, k, secret, cost, ret_file, e): the key file's text of ${k} under ${secret}, in ${a}. */
int key_lock(struct arena *a, const struct key *k, struct bytes secret, const struct key_cost *cost,
             struct bytes *ret_file, struct err *e);

/** key_unlock(file, secret, ret, e): the key in ${file}. ERR_SECRET_WRONG for a wrong secret or a changed file,
 *  ERR_BODY_MALFORMED when the text is no key file. Caller frees. */
int key_unlock(struct bytes file, struct bytes secret, struct key **ret, struct err *e);

/** key_lock_wrapped(a, wrapped, secret, cost, ret_file, e), key_unlock_wrapped(a, file, secret, ret, e): the same for what a
 *  token wrapped (token.h): another first line, else the same file. key_file_is_wrapped(file): it is one of these. */
int key_lock_wrapped(struct arena *a, struct bytes wrapped, struct bytes secret, const struct key_cost *cost,
                     struct bytes *ret_file, struct err *e);
int key_unlock_wrapped(struct arena *a, struct bytes file, struct bytes secret, struct bytes *ret, struct err *e);
bool key_file_is_wrapped(struct bytes file);

/** key_spend(cost): the work of one key_unlock, thrown away; so that an unknown person costs what a known one does. */
void key_spend(const struct key_cost *cost);

/** key_sign_p256(a, k, data, ret, e): ECDSA over SHA-256 of ${data}, DER, in ${a}. */
int key_sign_p256(struct arena *a, const struct key *k, struct bytes data, struct bytes *ret, struct err *e);

/** key_note_public(k, ret): the 32 bytes of an Ed25519 key's public half; false for another kind. */
bool key_note_public(const struct key *k, uint8_t ret[NOTE_PUBLIC_LEN]);

/** key_note_public_pem(a, public, e): the same as a PEM public key (log.pub.pem), in ${a}. NULL: fault. */
const char *key_note_public_pem(struct arena *a, const uint8_t public[NOTE_PUBLIC_LEN], struct err *e);

/** key_note_public_from_pem(pem, ret, e): the 32 bytes of a PEM public key; ERR_BODY_MALFORMED for anything else. */
int key_note_public_from_pem(struct bytes pem, uint8_t ret[NOTE_PUBLIC_LEN], struct err *e);

/** key_note_sign(k, message, ret, e): Ed25519 (RFC 8032) over ${message}. */
int key_note_sign(const struct key *k, struct bytes message, uint8_t ret[NOTE_SIGNATURE_LEN], struct err *e);

/** key_note_verify(public, data, len, signature): does the Ed25519 signature hold? (ledger/note.h's note_judge) */
bool key_note_verify(const uint8_t public[NOTE_PUBLIC_LEN], const void *data, size_t len,
                     const uint8_t signature[NOTE_SIGNATURE_LEN]);
