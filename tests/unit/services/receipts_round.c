/* Which receipts a login looks at: each has its turn, whatever stays missing. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "receipts_round.h"

#define MOST 20
#define RECEIPTS 500

static struct arena *a;
static struct err e;
static struct bytes file;
static struct receipts_round r;

/* what was asked, how often; which are missing; which one nobody can be asked about */
static int asked[RECEIPTS], stops_at;
static bool is_missing[RECEIPTS];

static void begin(void)
{
    struct buf b = buf_new(a = arena_new(0));
    memset(asked, 0, sizeof asked);
    memset(is_missing, 0, sizeof is_missing);
    stops_at = -1;
    for (int i = 0; i < RECEIPTS; i++)
        buf_put(&b, arena_printf(a, "stemma-receipt/1\nnumber %d\n%s", i, i == 7 ? "broken off" : "\nsigned\n"));
    file = (struct bytes){(const uint8_t *)b.text, b.len};
    round_read(a, (struct bytes){NULL, 0}, file.len, &r);
}

static int judge(void *ctx, struct bytes one, bool *ret_done, struct err *why)
{
    int n = -1;
    (void)ctx;
    assert_int_equal(sscanf((const char *)one.data, "stemma-receipt/1\nnumber %d", &n), 1);
    if (n == stops_at)
        return err_raise(why, ERR_UNAVAILABLE, NULL, NULL, "away");
    asked[n]++;
    *ret_done = !is_missing[n];
    return 0;
}

/* what one login writes is what the next one reads */
static int login(void)
{
    int code = round_go(a, file, MOST, judge, NULL, &r, &e);
    const char *text = round_text(a, &r);
    round_read(a, (struct bytes){(const uint8_t *)text, strlen(text)}, file.len, &r);
    return code;
}

static int looked_at(void)
{
    int n = 0;
    for (int i = 0; i < RECEIPTS; i++)
        n += asked[i] > 0;
    return n;
}

CASE(F_receipt_each_is_looked_at_once_while_all_are_kept)
{
    begin();
    for (int i = 0; i < RECEIPTS / MOST; i++) {
        assert_int_equal(looked_at(), i * MOST);
        assert_int_equal(login(), 0);
    }
    assert_int_equal(looked_at(), RECEIPTS);
    assert_int_equal(r.next, file.len);
    assert_int_equal(r.open_count, 0);
    assert_int_equal(asked[0], 1);
    assert_int_equal(login(), 0);
    assert_int_equal(asked[0], 1);
    a = arena_free(a);
}

CASE(F_receipt_that_stays_missing_is_asked_at_each_login_and_hides_none_behind_it)
{
    enum { LOGINS = 27 };
    begin();
    is_missing[3] = true;
    for (int i = 0; i < LOGINS; i++)
        assert_int_equal(login(), 0);
    assert_int_equal(looked_at(), RECEIPTS);
    assert_int_equal(asked[3], LOGINS);
    assert_int_equal(asked[4], 1);
    is_missing[3] = false;            /* it came */
    assert_int_equal(login(), 0);
    assert_int_equal(r.open_count, 0);
    a = arena_free(a);
}

CASE(F_receipt_many_that_are_missing_leave_half_a_login_to_the_others)
{
    begin();
    for (int i = 0; i < RECEIPTS / 2; i++)
        is_missing[i] = true;
    for (int i = 0; i < RECEIPTS / (MOST / 2); i++)
        assert_int_equal(login(), 0);
    assert_int_equal(looked_at(), RECEIPTS);
    assert_int_equal(r.open_count, RECEIPTS / 2);
    for (int i = 0; i < RECEIPTS / 2; i++)
        assert_true(asked[i] >= 2);   /* those have their turns too */
    a = arena_free(a);
}

CASE(F_receipt_a_login_that_is_broken_off_goes_on_where_it_stopped)
{
    begin();
    is_missing[2] = true;
    stops_at = 10;
    assert_int_equal(login(), ERR_UNAVAILABLE);
    assert_int_equal(looked_at(), 10);
    assert_int_equal(r.open_count, 1);
    stops_at = 2;
    assert_int_equal(login(), ERR_UNAVAILABLE);
    assert_int_equal(r.open_count, 1);
    stops_at = -1;
    assert_int_equal(login(), 0);
    assert_int_equal(asked[2], 2);
    assert_int_equal(asked[10], 1);
    a = arena_free(a);
}

CASE(F_receipt_places_that_make_no_sense_are_looked_at_anew)
{
    static const char *const texts[] = {"", "x\n", "99999999999\n3\n", "-4\n", "7", "12345678901234567890\n"};
    begin();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        round_read(a, (struct bytes){(const uint8_t *)texts[i], strlen(texts[i])}, file.len, &r);
        assert_int_equal(r.next, 0);
        assert_int_equal(r.open_count, 0);
    }
    round_read(a, (struct bytes){(const uint8_t *)"100\n40\n100\n0\nx\n50\n", 20}, file.len, &r);
    assert_int_equal(r.next, 100);
    assert_int_equal(r.open_count, 2);
    assert_int_equal(r.open[0], 40);
    assert_int_equal(r.open[1], 0);
    a = arena_free(a);
}
