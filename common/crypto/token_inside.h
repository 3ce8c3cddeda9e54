/*
 * What the two files of tokens share: calls of PKCS#11 on the one side (token.c), OpenSSL's view of a key in a token on
 * the other (token_key.c).
 */
#pragma once
#define CRYPTOKI_GNU 1
#include <p11-kit/pkcs11.h>

#include "crypto/inside.h"
#include "crypto/token.h"

#define TOKEN_DIGEST_SIGNATURE 64      /* r ‖ s of P-256 */

struct token {
    void *library;
    struct ck_function_list *call;
    ck_session_handle_t session;
    ck_object_handle_t wrapper;        /* 0: none yet */
    bool is_initialized, is_open;
};

/** token_sign(t, private, digest, ret): ECDSA over the 32 bytes; false when the token does not. */
bool token_sign(const struct token *t, ck_object_handle_t private_key, const uint8_t digest[DIGEST_LEN],
                uint8_t ret[TOKEN_DIGEST_SIGNATURE]);

/** token_forget(t, object): an object of this session goes. */
void token_forget(const struct token *t, ck_object_handle_t object);

/** token_key_of(t, object, is_passing, point, ret, e): the key whose private half is ${object}; ${is_passing}: key_free ends
 *  it in the token. */
int token_key_of(struct token *t, ck_object_handle_t object, bool is_passing, const uint8_t point[KEY_POINT_LEN],
                 struct key **ret, struct err *e);
