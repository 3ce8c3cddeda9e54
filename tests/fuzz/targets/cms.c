/* Signatures: the walk over the DER and the verification behind it. What holds was made by the lab's key over the content. */
#include "fuzz.h"

#include "crypto/cms.h"
#include "crypto/cms_walk.h"

static struct cms_trust *trust;
static struct bytes content;
static int64_t at_ms;

FUZZ(a, data, len)
{
    struct err e;
    struct cms_parts parts;
    struct cms_signer signer;
    struct bytes p7s = {data, len}, issuer;
    (void)a;
    if (trust == NULL) {
        trust = cms_trust_new((const char *)fuzz_fixed("trust/lab-root.pem").data, &e);
        content = fuzz_fixed("cms.content");
        at_ms = strtoll((const char *)fuzz_fixed("cms.at").data, NULL, 10);
        MUST(trust != NULL);
    }
    const char *why = cms_walk(p7s, &parts);
    if (cms_verify(trust, content, p7s, at_ms, &signer, &e) == 0) {
        MUST(why == NULL);
        MUST(strlen(signer.cert_sha256) == DIGEST_HEX - 1);
    }
    cms_issuer(p7s, &issuer);
    cms_check_certificate(trust, p7s, p7s, 0, &signer, &e);
    if (why == NULL)
        cms_check_certificate(trust, parts.certificate[0], parts.certificate[1], 0, &signer, &e);
    if (len < 4096)
        cms_trust_add_crl(trust, p7s, &e);
}
