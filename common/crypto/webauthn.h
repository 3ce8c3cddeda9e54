/*
 * Assertions of a WebAuthn authenticator as a second factor: an ES256 signature over what the browser says it asked and what the
 * authenticator says it did (W3C Web Authentication Level 2, §7.2). The challenge is made of the text that is signed, so an
 * assertion serves that text alone. Nothing here keeps anything, and no attestation is read: whose key it is, registering shows.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"

#define WEBAUTHN_ID_MAX 1023
#define WEBAUTHN_KEY_LEN 91              /* a P-256 SubjectPublicKeyInfo, curve by name, point uncompressed */
#define WEBAUTHN_CLIENT_DATA_MAX 2000
#define WEBAUTHN_AUTHENTICATOR_DATA_MAX 1000
#define WEBAUTHN_SIGNATURE_MAX 72

/** Where assertions are made, as the lab set it. */
struct webauthn_site {
    const char *rp_id;            /* host name that the browser binds credentials to; "": the lab takes none */
    const char *origins;          /* of the pages, separated by single spaces: "https://lab.example" */
    bool user_verified;           /* a touch alone is not enough: PIN or finger */
};

/** What was registered for a person. */
struct webauthn_credential {
    const char *rp_id;
    struct bytes id, public_key;  /* SubjectPublicKeyInfo, DER */
    int64_t counter;              /* of the last assertion; 0 where the authenticator counts none */
};

/** What navigator.credentials.get answered. */
struct webauthn_assertion {
    struct bytes client_data, authenticator_data, signature;
};

/** webauthn_site_check(site, e): can this be? The RP id is a host name and no address, every origin is https and lies at it or
 *  below it. ERR_FIELD_TYPE. */
int webauthn_site_check(const struct webauthn_site *site, struct err *e);

/** webauthn_credential_check(c, e): an id that can be one and a P-256 key in its one DER form. ERR_FIELD_TYPE. */
int webauthn_credential_check(const struct webauthn_credential *c, struct err *e);

/** webauthn_challenge(text, ret): SHA-256 of `stemma-webauthn/1`, a line feed and the SHA-256 of ${text}. */
void webauthn_challenge(struct bytes text, uint8_t ret[DIGEST_LEN]);

/** webauthn_verify(a, site, c, text, assertion, ret_counter, e): ${c}'s authenticator was asked by a page of ${site} for ${text}
 *  and its user was there; the counter to keep. ERR_SIGNATURE_REFUSED names what does not hold. */
int webauthn_verify(struct arena *a, const struct webauthn_site *site, const struct webauthn_credential *c, struct bytes text,
                    const struct webauthn_assertion *assertion, int64_t *ret_counter, struct err *e);
