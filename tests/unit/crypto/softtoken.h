/*
 * A token in software (SoftHSM) in the folder of a test's certificates, for what speaks PKCS#11.
 */
#pragma once
#include "crypto/token.h"
#include "unit/crypto/pki.h"

#define SOFT_TOKEN "/usr/lib/softhsm/libsofthsm2.so"
#define SOFT_LABEL "stemma-test"
#define SOFT_PIN "4711-pin"

/** soft_token(p): a fresh token labelled SOFT_LABEL; skips the case where SoftHSM is not installed. */
void soft_token(struct pki *p);

/** soft_token_more(p, label): one more token beside it. */
void soft_token_more(struct pki *p, const char *label);

/** soft_token_open(label): opened; the caller frees. */
struct token *soft_token_open(const char *label);
