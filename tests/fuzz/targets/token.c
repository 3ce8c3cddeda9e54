/* Time-stamps: replies of an authority, and requests to one. */
#include "fuzz.h"

#include "crypto/tsp.h"

static struct tsp_trust *trust;
static struct bytes stamped;

FUZZ(a, data, len)
{
    struct err e;
    int64_t at_ms;
    (void)a;
    if (trust == NULL) {
        trust = tsp_trust_new((const char *)fuzz_fixed("trust/tsa-root.pem").data, &e);
        stamped = fuzz_fixed("token.data");
        MUST(trust != NULL);
    }
    if (tsp_verify(trust, stamped, (struct bytes){data, len}, &at_ms, &e) == 0)
        MUST(at_ms > 0);
}
