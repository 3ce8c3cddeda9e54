/* Certificates judged before they have signed anything: what a person's registration asks. */
#include "crypto/cms_trust.h"
#include "crypto/cms_walk.h"
#include "crypto/digest.h"

bool cms_issuer(struct bytes p7s, struct bytes *ret_der)
{
    struct cms_parts parts;
    if (cms_walk(p7s, &parts))
        return false;
    *ret_der = parts.certificate[1];
    return true;
}

int cms_check_certificate(struct cms_trust *t, struct bytes der, struct bytes issuer_der, int64_t at_ms,
                          struct cms_signer *ret, struct err *e)
{
    const struct cms_known *known;
    uint8_t sha256[DIGEST_LEN];
    digest_sha256(der.data, der.len, sha256);
    int rc = cms_trust_find(t, sha256, der, issuer_der, &known, e);
    if (rc)
        return rc;
    if (at_ms < known->not_before_ms || at_ms > known->not_after_ms + 999 || at_ms >= known->revoked_ms)
        return crypto_refuse(e, "the certificate is not valid now, or revoked");
    *ret = known->signer;
    return ERR_NONE;
}
