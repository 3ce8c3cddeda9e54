#include "crypto/version.h"

#include <openssl/crypto.h>

bool crypto_version_enough(unsigned major, unsigned minor, unsigned patch)
{
    static const unsigned least[] = {OPENSSL_LEAST};
    return major != least[0] ? major > least[0] : minor != least[1] ? minor > least[1] : patch >= least[2];
}

bool crypto_alone(void)
{
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;
}

int crypto_version_check(struct err *e)
{
    if (crypto_version_enough(OPENSSL_version_major(), OPENSSL_version_minor(), OPENSSL_version_patch()))
        return 0;
    return err_fault(e, "%s is too old: it has known faults in reading signatures", OpenSSL_version(OPENSSL_VERSION));
}
