#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "domain/gs1.h"
#include "domain/scan.h"

static struct err err;

static const char *value(struct arena *a, const char *text, const char *ai)
{
    struct gs1_element *element;
    size_t n;
    return gs1_parse(a, text, &element, &n, &err) == 0 ? gs1_find(element, n, ai) : NULL;
}

/* A reagent's pack: the same facts as scanned, as a client shows the separator, and as printed. */
CASE(T37_gs1_element_string_in_its_three_forms)
{
    struct arena *a = arena_new(0);
    static const char *const forms[] = {"]d20109521101530001" "17281231" "10LOT-7/A\x1d" "21S1",
                                        "0109521101530001" "17281231" "10LOT-7/A\xe2\x90\x9d" "21S1",
                                        "(01)09521101530001(17)281231(10)LOT-7/A(21)S1"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_string_equal(value(a, forms[i], "01"), "09521101530001");
        assert_string_equal(value(a, forms[i], "17"), "281231");
        assert_string_equal(value(a, forms[i], "10"), "LOT-7/A");
        assert_string_equal(value(a, forms[i], "21"), "S1");
        assert_null(value(a, forms[i], "00"));
    }
    arena_free(a);
}

CASE(T37_gs1_what_is_not_whole_is_refused_whole)
{
    struct arena *a = arena_new(0);
    static const char *const bad[] = {
        "",                                     /* nothing */
        "]d2",                                  /* a symbology and nothing */
        "(01)09521101530002",                   /* check digit */
        "(01)0952110153000",                    /* a partial read */
        "(17)281331",                           /* month 13 */
        "(17)290229",                           /* no leap year */
        "(10)",                                 /* empty */
        "(10)ABCDEFGHIJKLMNOPQRSTU",            /* 21 characters */
        "(10)a b",                              /* a blank */
        "(99)X",                                /* unknown: where it ends cannot be known */
        "(10)A(10)B",                           /* twice */
        "(10A",                                 /* no closing parenthesis */
        "]d210LOT\x1d",                         /* fine but for the next row */
    };
    struct gs1_element *element;
    size_t n, last = sizeof bad / sizeof *bad - 1;
    for (size_t i = 0; i < last; i++)
        assert_int_equal(gs1_parse(a, bad[i], &element, &n, &err), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(gs1_parse(a, bad[last], &element, &n, &err), 0);     /* a separator may end the string */
    char long_text[500];
    memset(long_text, '1', sizeof long_text);
    memcpy(long_text, "(10)", 4);
    long_text[sizeof long_text - 1] = '\0';
    assert_int_equal(gs1_parse(a, long_text, &element, &n, &err), ERR_IDENTIFIER_REFUSED);
    arena_free(a);
}

CASE(T16_gs1_dates_end_of_month_and_century)
{
    static const struct { const char *yymmdd; int year; const char *date; } rows[] = {
        {"280200", 2026, "2028-02-29"}, {"270200", 2026, "2027-02-28"}, {"261231", 2026, "2026-12-31"}, {"760101", 2026, "2076-01-01"},
        {"770101", 2026, "1977-01-01"}, {"490101", 2099, "2149-01-01"}, {"510101", 2099, "2051-01-01"}, {"2701021530", 2026, "2027-01-02"}};
    static const char *const bad[] = {"270001", "271301", "270230", "2701", "27o101"};
    char date[11];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(gs1_date(rows[i].yymmdd, rows[i].year, date));
        assert_string_equal(date, rows[i].date);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(gs1_date(bad[i], 2026, date));
}

/* Every single wrong digit of a check-digit number is refused: that is what the digit is for. */
CASE(T37_gs1_check_digit_finds_every_single_wrong_digit)
{
    struct arena *a = arena_new(0);
    char text[] = "(01)09521101530001";
    for (size_t i = 4; i < sizeof text - 1; i++)
        for (char c = '0'; c <= '9'; c++) {
            char kept = text[i];
            text[i] = c;
            assert_true((value(a, text, "01") != NULL) == (c == kept));
            text[i] = kept;
        }
    arena_free(a);
}

static void names(struct arena *a, const char *text, struct scan want)
{
    struct scan s;
    if (scan_read(a, text, &s, &err) != 0)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(s.symbology, want.symbology);
    const char *const pairs[][2] = {{s.container_id, want.container_id}, {s.donation_number, want.donation_number},
                                    {s.lot_number, want.lot_number}, {s.stream_id, want.stream_id}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true((pairs[i][0] == NULL) == (pairs[i][1] == NULL));
        if (pairs[i][0] != NULL)
            assert_string_equal(pairs[i][0], pairs[i][1]);
    }
}

CASE(T36_a_scan_names_a_container_only_with_its_product_code)
{
    struct arena *a = arena_new(0);
    names(a, "=A99992600000500", (struct scan){.symbology = "isbt_128", .donation_number = "A999926000005"});
    names(a, "=+03000=A99992600000500=<S1234VA0&>0283652359",
          (struct scan){.symbology = "isbt_128", .donation_number = "A999926000005", .container_id = "A999926000005-S1234VA0"});
    names(a, " A999926000005-S1234VA0\r\n",
          (struct scan){.symbology = "own", .donation_number = "A999926000005", .container_id = "A999926000005-S1234VA0"});
    names(a, "A9999 26 000005 0", (struct scan){.symbology = "own", .donation_number = "A999926000005"});
    names(a, "(10)LOT-7", (struct scan){.symbology = "gs1", .lot_number = "LOT-7"});
    names(a, "0109521101530001" "10LOT-7", (struct scan){.symbology = "gs1", .lot_number = "LOT-7"});
    names(a, "E-ISO1", (struct scan){.symbology = "own", .stream_id = "E-ISO1"});
    names(a, " B-2026000123-S12", (struct scan){.symbology = "own", .stream_id = "B-2026000123-S12"});
    arena_free(a);
}

/* A partial read, a number typed without its check character, a patient's name: none of them is guessed at. */
CASE(R03_what_a_scan_does_not_name_whole_is_refused)
{
    struct arena *a = arena_new(0);
    static const char *const bad[] = {"", "   ", "A999926000005", "A9999260000051", "=A9999260000050", "=+03000=A99992600000500=<S1234VA0",
                                      "e-iso1", "X-1", "Jane Roe", "=\\620000000000000000", "&,9x", "'; drop table batch.batch; --"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct scan s;
        assert_int_equal(scan_read(a, bad[i], &s, &err), ERR_IDENTIFIER_REFUSED);
        assert_true(err.text[0] != '\0');
    }
    arena_free(a);
}
