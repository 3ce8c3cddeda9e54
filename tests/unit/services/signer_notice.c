/* What a person is told at login: whatever was signed with their key since the login before, wherever that was done. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "file/file.h"
#include "signer_lab.h"

#define SECRET "correct horse"
#define MINUTE_MS 60000

static struct err e;

static int prove_at(struct lab *l, const char *peer, const char *secret, struct signer_notice *ret)
{
    const struct signer_request q = {peer, "U-7", l->now_ms, NULL};
    struct bytes login = lab_login(l, "U-7");
    struct signer_proof proof;
    int code = signer_prove(l->signer, l->a, &q, login, lab_seal(l, login, secret), &proof, &e);
    if (code == 0)
        *ret = proof.notice;
    l->now_ms += MINUTE_MS;
    return code;
}

static struct signer_notice proved(struct lab *l, const char *peer)
{
    struct signer_notice ret;
    assert_int_equal(prove_at(l, peer, SECRET, &ret), 0);
    return ret;
}

/* an act at ${peer}; when that was */
static int64_t signed_at(struct lab *l, const char *peer)
{
    const struct signer_request q = {peer, "U-7", l->now_ms, NULL};
    struct bytes act = lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), p7s;
    assert_int_equal(signer_sign(l->signer, l->a, &q, act, lab_seal(l, act, SECRET), &p7s, &e), 0);
    l->now_ms += MINUTE_MS;
    return l->now_ms - MINUTE_MS;
}

CASE(R01_a_first_login_has_none_before_it)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_notice n = proved(l, "T-3");
    assert_int_equal(n.signed_count, 0);
    assert_true(n.login_ms == TIME_ABSENT && n.signed_last_ms == TIME_ABSENT && n.counted_from_ms == TIME_ABSENT);
}

CASE(R01_a_login_says_how_many_acts_were_signed_since_the_one_before_and_where_that_was)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    int64_t before = l->now_ms, last = 0;
    proved(l, "T-3");
    for (int i = 0; i < 3; i++)
        last = signed_at(l, "T-3");
    struct signer_notice n = proved(l, "T-4");
    assert_int_equal(n.signed_count, 3);
    assert_int_equal(n.signed_last_ms, last);
    assert_int_equal(n.login_ms, before);
    assert_string_equal(n.login_peer, "T-3");
    n = proved(l, "T-3");
    assert_int_equal(n.signed_count, 0);
    assert_string_equal(n.login_peer, "T-4");
    /* the journal outlives the process */
    signed_at(l, "T-3");
    signer_free(l->signer);
    lab_open(l);
    assert_int_equal(proved(l, "T-3").signed_count, 1);
}

CASE(R01_an_act_signed_elsewhere_without_a_login_is_told)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    proved(l, "T-3");
    int64_t theirs = signed_at(l, "T-99");
    struct signer_notice n = proved(l, "T-3");
    assert_int_equal(n.signed_count, 1);
    assert_int_equal(n.signed_last_ms, theirs);
}

CASE(R01_only_what_was_signed_counts_and_only_a_login_that_was_proved_ends_the_count)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_notice n;
    struct bytes p7s;
    proved(l, "T-3");
    signed_at(l, "T-3");
    assert_int_equal(lab_sign(l, lab_act(l, "batch.open", "B-1", "U-7", "{}\n"), "wrong", &p7s), ERR_SECRET_WRONG);
    assert_int_equal(prove_at(l, "T-4", "wrong", &n), ERR_SECRET_WRONG);
    n = proved(l, "T-3");
    assert_int_equal(n.signed_count, 1);
    assert_string_equal(n.login_peer, "T-3");
}

/* lines of U-8 and U-7 as the signer writes them, more than a piece that is read at once */
static const char *long_journal(struct lab *l, size_t lines, size_t *ret_len)
{
    static const char sha256[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct buf b = buf_new(l->a);
    char at[CLOCK_TEXT];
    for (size_t i = 0; i < lines; i++) {
        clock_to_text(l->now_ms + (int64_t)i * 1000, at);
        buf_put(&b, arena_printf(l->a, "%s %s T-3 U-%d %s ok\n", at, i == 0 ? "prove" : "sign", i % 5 == 0 ? 7 : 8, sha256));
    }
    const char *path = arena_printf(l->a, "%s/long", l->p->dir);
    assert_int_equal(file_replace(path, (struct bytes){(const uint8_t *)b.text, b.len}, 0600, &e), 0);
    *ret_len = b.len;
    return path;
}

CASE(R01_a_login_before_is_found_behind_ten_thousand_lines)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_notice n;
    size_t len;
    const char *path = long_journal(l, 10000, &len);
    assert_int_equal(signer_notice_read(path, "U-7", (int64_t)len, &n, &e), 0);
    assert_int_equal(n.signed_count, 1999);
    assert_int_equal(n.login_ms, l->now_ms);
    assert_true(n.counted_from_ms == TIME_ABSENT);
    assert_int_equal(signer_notice_read(path, "U-9", (int64_t)len, &n, &e), 0);
    assert_true(n.signed_count == 0 && n.login_ms == TIME_ABSENT && n.counted_from_ms == TIME_ABSENT);
}

CASE(R01_a_login_that_was_not_looked_for_far_enough_is_no_first_one)
{
    CLEANUP(lab_done) struct lab *l = lab_new();
    struct signer_notice n;
    size_t len;
    const char *path = long_journal(l, 10000, &len);
    assert_int_equal(signer_notice_read(path, "U-7", 1000, &n, &e), 0);
    assert_true(n.login_ms == TIME_ABSENT && n.counted_from_ms > l->now_ms && n.signed_count > 0 && n.signed_count < 1999);
    assert_true(signer_notice_read("/nonexistent", "U-7", 1000, &n, &e) < 0);
}
