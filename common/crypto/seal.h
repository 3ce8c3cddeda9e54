/*
 * A secret on its way to the signer: sealed by whoever types it, opened by the signer only, so that no service between
 * sees it. ECDH P-256 with an ephemeral key, HKDF-SHA256, AES-256-GCM: all of it stands in WebCrypto.
 *
 *   sealed  = ephemeral public point (65 bytes, 04 ‖ x ‖ y) ‖ iv (12) ‖ ciphertext ‖ tag (16)
 *   key     = HKDF-SHA256(secret: the 32-byte x of ECDH, salt: ephemeral public point, info: "stemma-seal/1", 32 bytes)
 *   additional data of GCM = SHA-256 (32 bytes) of the text the secret is given for: the statement to be signed, the
 *             login text, the person's id where the secret itself is changed. So a sealed secret that is caught opens
 *             nothing but that one act.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "crypto/keys.h"

#define SEAL_OVERHEAD (KEY_POINT_LEN + 12 + 16)
#define SEAL_PLAIN_MAX 1024

/** seal_to(a, point, text, plain, ret, e): ${plain} (at most SEAL_PLAIN_MAX) sealed to the holder of ${point}, in
 *  ${a}. ERR_FIELD_TYPE when the point is not on the curve. */
int seal_to(struct arena *a, const uint8_t point[KEY_POINT_LEN], struct bytes text, struct bytes plain,
            struct bytes *ret, struct err *e);

/** seal_open(k, text, sealed, ret, ret_len, e): open into ${ret} (SEAL_PLAIN_MAX bytes, a NUL added when there is
 *  room), which the caller wipes. ERR_SECRET_WRONG for anything that does not open with this key and text. */
int seal_open(const struct key *k, struct bytes text, struct bytes sealed, uint8_t ret[SEAL_PLAIN_MAX],
              size_t *ret_len, struct err *e);
