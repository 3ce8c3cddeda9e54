/* Appendix B of RFC 6238 (its SHA-1 column) and appendix D of RFC 4226. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "crypto/totp.h"

#define KEY ((const uint8_t *)"12345678901234567890")

CASE(P11_19_totp_codes_are_those_of_rfc_6238)
{
    static const struct {
        int64_t at_s;
        unsigned code;
    } rows[] = {{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037},
                {INT64_C(20000000000), 65353130}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(totp_code(KEY, 20, rows[i].at_s / 30, 8), rows[i].code);
}

CASE(P11_19_hotp_codes_are_those_of_rfc_4226)
{
    static const unsigned codes[] = {755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};
    for (int64_t i = 0; i < 10; i++)
        assert_int_equal(totp_code(KEY, 20, i, 6), codes[i]);
}

CASE(P11_19_totp_takes_the_step_before_and_after_and_no_other)
{
    char code[16];
    int64_t step = 0, now = INT64_C(1111111111) * 1000;
    for (int off = -3; off <= 3; off++) {
        snprintf(code, sizeof code, "%06u", totp_code(KEY, 20, now / TOTP_STEP_MS + off, 6));
        assert_int_equal(totp_find(KEY, 20, code, now, &step), off >= -1 && off <= 1);
        if (off >= -1 && off <= 1)
            assert_int_equal(step, now / TOTP_STEP_MS + off);
    }
}

CASE(P11_19_totp_takes_six_digits_and_nothing_else)
{
    static const char *const none[] = {"", "05047", "0050471", "05047 ", "+50471", "0x5047", "abcdef"};
    int64_t step;
    assert_true(totp_find(KEY, 20, "050471", INT64_C(1111111111) * 1000, &step));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(totp_find(KEY, 20, none[i], INT64_C(1111111111) * 1000, &step));
}

/* RFC 4648 §10 */
CASE(P11_19_totp_key_is_typed_in_base32)
{
    static const char *const rows[][2] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"},
                                          {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new(0);
        assert_string_equal(totp_base32(a, (const uint8_t *)rows[i][0], strlen(rows[i][0])), rows[i][1]);
        arena_free(a);
    }
}
