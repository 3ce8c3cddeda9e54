#include "support/test.h"

#include "crypto/digest.h"

CASE(sha256_of_nothing_is_fips_180_4)
{
    char hex[DIGEST_HEX];
    assert_string_equal(digest_hex("", 0, hex), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

CASE(sha256_of_abc_is_fips_180_4)
{
    char hex[DIGEST_HEX];
    assert_string_equal(digest_hex("abc", 3, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

CASE(sha256_in_parts_equals_the_whole)
{
    uint8_t whole[DIGEST_LEN], two[DIGEST_LEN], parts[DIGEST_LEN];
    digest_sha256("\x01leftright", 10, whole);
    digest_sha256_two("\x01", 1, "leftright", 9, two);
    struct digest *d = digest_new();
    for (int round = 0; round < 2; round++) {   /* an ended one begins afresh */
        digest_add(d, "\x01left", 5);
        digest_add(d, "", 0);
        digest_add(d, "right", 5);
        digest_end(d, parts);
        assert_memory_equal(whole, parts, DIGEST_LEN);
    }
    digest_free(d);
    assert_memory_equal(whole, two, DIGEST_LEN);
}

CASE(hmac_is_rfc_4231_case_2)
{
    uint8_t mac[DIGEST_LEN];
    char hex[DIGEST_HEX];
    digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
    assert_string_equal(hex_of(mac, sizeof mac, hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
