/*
 * Keys in a PKCS#11 token (a hardware security module, a card; SoftHSM in tests). A token makes P-256 keys and signs with
 * them; their private halves never stand in this process. A person's key does not stay in the token either: it leaves it
 * wrapped under the token's own AES key, which leaves it never, and is locked under the person's secret besides (keys.h);
 * to sign, both are needed, the secret and the token. An authority's key stays in the token under a label.
 * One thread; free every key of a token before the token.
 */
#pragma once
#include "crypto/keys.h"

struct token;

/** Which token: the vendor's PKCS#11 library, and the token's label among those that the library sees. */
struct token_place {
    const char *module, *label;
};

/** token_open(place, pin, ret, e): load the library, log in as the token's user. A fault says what is missing. Caller frees
 *  with token_free. */
int token_open(const struct token_place *place, struct bytes pin, struct token **ret, struct err *e);

/** token_free(t): log out and unload; NULL is fine. Always returns NULL. token_done(t): for CLEANUP(token_done). */
struct token *token_free(struct token *t);
void token_done(struct token **t);

/** token_prepare(t, e): the AES key that people's keys are wrapped under; nothing to do when the token has it. */
int token_prepare(struct token *t, struct err *e);

/** token_answers(t): it is still there and logged in. */
bool token_answers(const struct token *t);

/** token_key_new(a, t, ret, ret_wrapped, e): a fresh P-256 key; what leaves the token, wrapped, in ${a}. Caller frees. */
int token_key_new(struct arena *a, struct token *t, struct key **ret, struct bytes *ret_wrapped, struct err *e);

/** token_key_use(t, wrapped, point, ret, e): such a key in the token until key_free; ${point} is its certified public half.
 *  A fault when this token did not wrap it. */
int token_key_use(struct token *t, struct bytes wrapped, const uint8_t point[KEY_POINT_LEN], struct key **ret, struct err *e);

/** token_key_keep(t, label, ret, e): a fresh P-256 key that stays in the token as ${label}; ERR_EXISTS when there is one.
 *  token_key_find: the key of that label; ERR_NOT_FOUND. Caller frees. */
int token_key_keep(struct token *t, const char *label, struct key **ret, struct err *e);
int token_key_find(struct token *t, const char *label, struct key **ret, struct err *e);
