/* One-time codes beside the secret, as the lab's policy asks for them. */
#include "support/test.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "crypto/totp.h"
#include "signer_lab.h"
#include "signer_rules.h"

static const uint8_t device[TOTP_KEY_LEN] = "a device of U-7 here";
static struct err e;

static const char *code_at(struct lab *l, int64_t ms)
{
    return arena_printf(l->a, "%06u", totp_code(device, sizeof device, ms / TOTP_STEP_MS, TOTP_DIGITS));
}

static const char *with_code(struct lab *l, const char *secret) { return arena_printf(l->a, "%s\n%s", secret, code_at(l, l->now_ms)); }

static int set_codes(struct lab *l, const char *secret_and_code)
{
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct bytes about = pki_bytes("stemma-totp/1 U-7"), key;
    assert_int_equal(seal_to(l->a, l->point, about, (struct bytes){device, sizeof device}, &key, &e), 0);
    return signer_totp_set(l->signer, l->a, &q, lab_seal(l, about, secret_and_code), key, &e);
}

static int prove(struct lab *l, const char *secret)
{
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct signer_proof proof;
    return signer_prove(l->signer, l->a, &q, lab_login(l, "U-7"), lab_seal(l, lab_login(l, "U-7"), secret), &proof, &e);
}

static int sign(struct lab *l, const char *secret)
{
    struct bytes p7s;
    return lab_sign(l, lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), secret, &p7s);
}

static int change(struct lab *l, const char *old, const char *new)
{
    const struct signer_request q = {"T-3", "U-7", l->now_ms, NULL};
    struct bytes id = pki_bytes("U-7");
    return signer_change_secret(l->signer, l->a, &q, lab_seal(l, id, old), lab_seal(l, id, new), &e);
}

static void next_step(struct lab *l) { l->now_ms += TOTP_STEP_MS; }

CASE(P11_19_a_code_is_asked_for_at_logins_changes_of_the_secret_or_each_act_as_the_policy_says)
{
    static const struct {
        enum second_factor policy;
        int login, act, change;
    } rows[] = {{SECOND_FACTOR_OFF, 0, 0, 0},
                {SECOND_FACTOR_LOGIN, ERR_CODE_MISSING, 0, ERR_CODE_MISSING},
                {SECOND_FACTOR_ACT, ERR_CODE_MISSING, ERR_CODE_MISSING, ERR_CODE_MISSING}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(lab_done) struct lab *l = lab_new();
        assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
        l->options.second_factor = rows[i].policy;
        next_step(l);
        assert_int_equal(prove(l, "correct horse"), rows[i].login);
        assert_int_equal(sign(l, "correct horse"), rows[i].act);
        assert_int_equal(prove(l, with_code(l, "correct horse")), 0);
        next_step(l);
        assert_int_equal(sign(l, with_code(l, "correct horse")), 0);
        assert_int_equal(change(l, "correct horse", "battery staple"), rows[i].change);
        next_step(l);
        assert_int_equal(change(l, with_code(l, rows[i].change == 0 ? "battery staple" : "correct horse"), "another one"), 0);
    }
}

CASE(P11_19_a_code_serves_once_and_a_restart_forgets_none)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    /* the one that set it up is used, too */
    assert_int_equal(sign(l, with_code(l, "correct horse")), ERR_SECRET_WRONG);
    next_step(l);
    const char *once = with_code(l, "correct horse");
    assert_int_equal(sign(l, once), 0);
    assert_int_equal(sign(l, once), ERR_SECRET_WRONG);
    signer_free(l->signer);
    lab_open(l);
    assert_int_equal(sign(l, once), ERR_SECRET_WRONG);
    /* nor does an older one that was never used */
    assert_int_equal(sign(l, arena_printf(l->a, "correct horse\n%s", code_at(l, l->now_ms - TOTP_STEP_MS))), ERR_SECRET_WRONG);
    next_step(l);
    assert_int_equal(sign(l, with_code(l, "correct horse")), 0);
}

CASE(P11_19_a_wrong_code_counts_as_a_wrong_secret_and_reads_like_one)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
    l->options.second_factor = SECOND_FACTOR_ACT;
    next_step(l);
    const char *wrong = arena_printf(l->a, "correct horse\n%s", code_at(l, l->now_ms + 3600000));
    for (int i = 0; i < 5; i++)
        assert_int_equal(sign(l, wrong), ERR_SECRET_WRONG);
    assert_int_equal(sign(l, with_code(l, "correct horse")), ERR_KEY_LOCKED);
}

CASE(P11_19_who_has_no_codes_where_they_are_asked_for_signs_nothing)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    l->options.second_factor = SECOND_FACTOR_ACT;
    assert_int_equal(sign(l, "correct horse"), ERR_CODE_MISSING);
    assert_int_equal(sign(l, "correct horse\n000000"), ERR_CODE_MISSING);
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
    next_step(l);
    assert_int_equal(sign(l, with_code(l, "correct horse")), 0);
}

CASE(P11_19_codes_are_set_up_once_by_who_has_secret_and_device)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    assert_int_equal(set_codes(l, with_code(l, "wrong")), ERR_SECRET_WRONG);
    assert_int_equal(set_codes(l, "correct horse"), ERR_SECRET_WRONG);
    assert_int_equal(set_codes(l, "correct horse\n12345"), ERR_SECRET_WRONG);
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
    next_step(l);
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), ERR_EXISTS);
    assert_non_null(strstr(lab_journal(l), " totp_set T-3 U-7 "));
}

/* whoever copies the key store has no code by it */
CASE(P11_19_the_device_key_lies_sealed)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    assert_int_equal(set_codes(l, with_code(l, "correct horse")), 0);
    struct bytes file = pki_read(l->p, "keys/U-7.totp");
    assert_null(memmem(file.data, file.len, device, sizeof device));
    const char *plain = base64_of(l->a, device, sizeof device);
    assert_null(memmem(file.data, file.len, plain, strlen(plain) - 2));
    struct bytes text = pki_bytes(totp_base32(l->a, device, sizeof device));
    assert_null(memmem(file.data, file.len, text.data, text.len));
}

CASE(P11_19_a_damaged_file_of_codes_is_a_fault_and_read_no_further)
{
    static const char *const files[] = {"", "totp", "totp 5", "totp 5\n", "totp 5 \n", "totp 5  \n\n", "totp 5 AAAA", "totp 5 A*AA\n", "totp x AAAA\n"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        CLEANUP(lab_done) struct lab *l = lab_new();
        l->options.second_factor = SECOND_FACTOR_ACT;
        pki_write(l->p, "keys/U-7.totp", pki_bytes(files[i]));
        assert_int_equal(sign(l, "correct horse\n000000"), ERR_FAULT);
    }
}

CASE(P11_19_a_secret_has_no_line_feed)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    assert_int_equal(change(l, "correct horse", "two\nlines of it"), ERR_FIELD_TYPE);
    struct bytes secret = pki_bytes("secret\n123456");
    char code[16];
    assert_true(rule_split(&secret, code, sizeof code));
    assert_int_equal(secret.len, 6);
    assert_string_equal(code, "123456");
    secret = pki_bytes("secret");
    assert_false(rule_split(&secret, code, sizeof code));
    assert_int_equal(secret.len, 6);
}
