/* Which OpenSSL is worked with (ledger 6.17). */
#include "support/test.h"

#include "crypto/version.h"

CASE(L17_openssl_with_known_faults_is_not_worked_with)
{
    assert_false(crypto_version_enough(3, 0, 20));
    assert_false(crypto_version_enough(2, 9, 99));
    assert_false(crypto_version_enough(1, 1, 1));
    assert_true(crypto_version_enough(3, 0, 21));
    assert_true(crypto_version_enough(3, 5, 0));
    assert_true(crypto_version_enough(4, 0, 0));
}

CASE(L17_openssl_that_is_loaded_is_new_enough)
{
    struct err e;
    assert_int_equal(crypto_version_check(&e), 0);
}
