/*
 * Which OpenSSL runs. The build asks for one without the known faults in its parsers of signatures (ledger 6.17, cmake/packages.cmake);
 * what is loaded on another machine may be older, and is then not worked with.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/** crypto_version_enough(major, minor, patch): is that OpenSSL as new as the build asks for? */
bool crypto_version_enough(unsigned major, unsigned minor, unsigned patch);

/** crypto_alone(): from here on OpenSSL works as it was built, whatever the machine's openssl.cnf or OPENSSL_CONF says of
 *  providers and defaults. To be called before anything else of this module; false where OpenSSL cannot begin. */
bool crypto_alone(void);

/** crypto_version_check(e): is the loaded one? A fault that names it if not. */
int crypto_version_check(struct err *e);
