#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/identifier.h"

static struct err err;

static char check_of(const char *din)
{
    return mod37_char(mod37_value(din, strlen(din)));
}

CASE(T33_check_characters_of_the_worked_examples)
{
    static const char *const rows[][2] = {{"G123498654321", "H"}, {"G123417654321", "A"}, {"A999818123456", "N"}, {"A999921123456", "3"},
        {"A999926000001", "8"}, {"A999926000002", "6"}, {"A999926000005", "0"}, {"A999926000006", "Z"}, {"A999926000079", "1"},
        {"A999926000088", "*"}, {"Z549917123456", "P"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(check_of(rows[i][0]), rows[i][1][0]);
}

/* rows of a comma-separated file: calls row(first, second) */
static size_t rows_of(const char *path, void (*row)(const char *first, const char *second))
{
    char *text = test_read(path, NULL), *next = text;
    size_t n = 0;
    assert_non_null(text);
    for (char *line = strsep(&next, "\n"); line != NULL; line = strsep(&next, "\n")) {
        char *first = strsep(&line, ","), *second = strsep(&line, ",");
        if (second == NULL || strcmp(second, "K") == 0)
            continue;
        row(first, second);
        n++;
    }
    free(text);
    return n;
}

static void check_row(const char *text, const char *k)
{
    assert_int_equal(check_of(text), k[0]);
}

static void din_row(const char *din, const char *k)
{
    struct din d;
    char typed[40], scan[40];
    assert_int_equal(check_of(din), k[0]);
    if (!din_is_valid(din))               /* a row of the check alone: letters where the facility has digits */
        return;
    snprintf(typed, sizeof typed, "%s%s", din, k);
    assert_int_equal(din_from_typed(typed, &d, &err), 0);
    snprintf(scan, sizeof scan, "=%s%02d", din, 60 + mod37_value(din, 13));
    assert_int_equal(din_from_scan(scan, &d, &err), 0);
    assert_int_equal(d.kind, DIN_FLAGS_CHECK);
    assert_int_equal(d.check, k[0]);
}

CASE(R03_check_characters_of_the_shared_data)
{
    const char *path = test_data("isbt128/din_check_characters.csv");
    if (path == NULL)
        test_skip_without("isbt128/din_check_characters.csv");
    assert_true(rows_of(path, din_row) >= 10);
}

CASE(T33_mod_37_2_of_other_texts)
{
    const char *path = test_data("isbt128/other_mod37_2.csv");
    if (path == NULL)
        test_skip_without("isbt128/other_mod37_2.csv");
    assert_true(rows_of(path, check_row) >= 6);
}

CASE(R03_typing_needs_the_check_character)
{
    struct din d;
    assert_int_equal(din_from_typed("A9999 26 000001 8", &d, &err), 0);
    assert_string_equal(d.text, "A999926000001");
    static const char *const bad[] = {"A999926000001", "A9999260000017", "A9999262000018", "A9999260000108", "a9999260000018", "A99992600001 8",
        "A9999260000018 8", "A999915123456N", "A999922564321S", "999914123456NA", ""};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(din_from_typed(bad[i], &d, &err), ERR_IDENTIFIER_REFUSED);
}

CASE(T34_letters_O_and_I_are_not_normalised)
{
    struct din d;
    assert_false(din_is_valid("O999926000001"));
    assert_false(din_is_valid("0999926000001"));
    assert_true(din_is_valid("I999926000001"));
    assert_false(din_is_valid("A9O9917123456"));
    assert_int_equal(din_from_scan("=A9O991712345600", &d, &err), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(din_from_scan("A9O991712345600", &d, &err), ERR_IDENTIFIER_REFUSED);
}

CASE(T33_flags_are_not_part_of_the_number)
{
    struct din plain, third, local, pilot;
    assert_int_equal(din_from_scan("=A99991712345600", &plain, &err), 0);
    assert_int_equal(din_from_scan("=A99991712345603", &third, &err), 0);
    assert_int_equal(din_from_scan("=A99991712345642", &local, &err), 0);
    assert_int_equal(din_from_scan("=A99991712345606", &pilot, &err), 0);
    assert_string_equal(plain.text, third.text);
    assert_int_equal(plain.kind, DIN_FLAGS_NONE);
    assert_int_equal(third.kind, DIN_FLAGS_CONTAINER);
    assert_int_equal(local.kind, DIN_FLAGS_LOCAL);
    assert_int_equal(pilot.kind, DIN_FLAGS_PROCESS);
}

/* around New Year numbers of the old and of the new year are given out, and nobody reads a date from them */
CASE(T39_the_year_of_a_number_is_nominal)
{
    struct din before, after;
    assert_int_equal(din_from_scan("=A99992512345600", &before, &err), 0);
    assert_int_equal(din_from_scan("=A99992612345600", &after, &err), 0);
    assert_string_not_equal(before.text, after.text);
    assert_int_equal(din_from_scan("=A99999912345600", &after, &err), 0);
}

CASE(T33_check_flags_must_be_the_check)
{
    struct din d;
    assert_int_equal(din_from_scan("=G12341765432170", &d, &err), 0);
    assert_int_equal(din_from_scan("=G12341765432171", &d, &err), ERR_IDENTIFIER_REFUSED);
}

CASE(T37_a_partial_scan_is_refused)
{
    struct din d;
    static const char *const bad[] = {"=A9999171234560", "=A999917123456000", "A99991712345600", "&A99991712345600", "=A999917123456O0", "="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(din_from_scan(bad[i], &d, &err), ERR_IDENTIFIER_REFUSED);
}

CASE(identifier_prints_in_groups_for_people)
{
    struct din d;
    char text[20];
    assert_int_equal(din_from_scan("=A99992600000100", &d, &err), 0);
    din_print(&d, text);
    assert_string_equal(text, "A9999 26 000001 8");
}

CASE(T36_a_container_is_donation_and_product)
{
    char id[CONTAINER_MAX], din[14], code[9];
    assert_int_equal(container_build("A999926000001", "D0001VA0", id, &err), 0);
    assert_string_equal(id, "A999926000001-D0001VA0");
    assert_int_equal(container_parse(id, din, code, &err), 0);
    assert_string_equal(din, "A999926000001");
    assert_string_equal(code, "D0001VA0");
    assert_int_equal(container_parse("A999926000001", din, code, &err), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(container_build("A999926000001", "D0001V", id, &err), ERR_IDENTIFIER_REFUSED);
}

CASE(T35_divisions_keep_their_case)
{
    char code[9];
    assert_true(product_code_is_valid("D0001VAa"));
    assert_false(product_code_is_valid("D0001VAA"));
    assert_false(product_code_is_valid("D0001Vaa"));
    assert_true(container_division("D0001V00", 1, code));
    assert_string_equal(code, "D0001VA0");
    assert_true(container_division("D0001V00", 26, code));
    assert_string_equal(code, "D0001VZ0");
    assert_true(container_division("D0001V00", 27, code));
    assert_string_equal(code, "D0001VAa");
    assert_true(container_division("D0001V00", 702, code));
    assert_string_equal(code, "D0001VZz");
    assert_false(container_division("D0001V00", 703, code));
}

CASE(R08_collection_type_agrees_with_the_use)
{
    assert_true(collection_type_fits('1', "autologous"));
    assert_true(collection_type_fits('X', "autologous"));
    assert_false(collection_type_fits('V', "autologous"));
    assert_true(collection_type_fits('V', "allogeneic"));
    assert_false(collection_type_fits('1', "allogeneic"));
    assert_false(collection_type_fits('R', "allogeneic"));
    assert_true(collection_type_fits('r', "research"));
    assert_false(collection_type_fits('\0', "research"));
}

CASE(T37_a_compound_message_is_read_whole)
{
    struct arena *a = arena_new(0);
    struct isbt_part *parts;
    size_t n;
    assert_int_equal(isbt_parse(a, "=+05000=Z54991712345600=%T300=<T0416003&>0183652359&,4PL001499Z549917123456A00T041600320181231", &parts, &n,
        &err), 0);
    assert_int_equal(n, 5);
    assert_string_equal(parts[0].number, "001");
    assert_string_equal(parts[2].content, "T0416003");
    assert_string_equal(parts[3].number, "005");
    assert_string_equal(parts[4].number, "038");
    assert_int_equal(isbt_parse(a, "=+04000=/A9997XYZ100T0479=A99991712345600=,000012=>019031", &parts, &n, &err), 0);
    assert_string_equal(parts[0].number, "034");
    assert_string_equal(parts[2].content, "000012");
    arena_free(a);
}

CASE(T37_a_compound_message_that_counts_wrong_is_refused_whole)
{
    struct arena *a = arena_new(0);
    struct isbt_part *parts;
    size_t n;
    static const char *const bad[] = {"=+03000=A99991712345600=,000012", "=+02000=A99991712345600=,000012=>019031", "=+02000=A99991712345600=,0000",
        "=+xx000=A99991712345600", "=?123456", "=\\620000000000000000", "", "A99991712345600"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(isbt_parse(a, bad[i], &parts, &n, &err), ERR_IDENTIFIER_REFUSED);
    arena_free(a);
}

CASE(T16_dates_count_leap_days_and_default_to_the_days_end)
{
    char text[17];
    assert_true(isbt_date("0183652359", text));
    assert_string_equal(text, "2018-12-31 23:59");
    assert_true(isbt_date("028060", text));
    assert_string_equal(text, "2028-02-29 23:59");
    assert_true(isbt_date("027060", text));
    assert_string_equal(text, "2027-03-01 23:59");
    assert_true(isbt_date("019031", text));
    assert_string_equal(text, "2019-01-31 23:59");
    assert_true(isbt_date("028366", text));
    assert_false(isbt_date("027366", text));
    assert_false(isbt_date("027000", text));
    assert_false(isbt_date("0270602460", text));
    assert_false(isbt_date("02706", text));
}

CASE(T16_identifier_date_of_a_far_century_is_read_whole)
{
    char text[17];
    assert_true(isbt_date("6262310000", text));
    assert_string_equal(text, "2626-08-19 00:00");
    assert_false(isbt_date("99999999999", text));
    assert_false(isbt_date("62623100+0", text));
}

CASE(identifier_single_european_code)
{
    struct sec s;
    assert_int_equal(sec_parse("SEC: PL001499Z549917123456 A00T041600320171231", &s, &err), 0);
    assert_string_equal(s.country, "PL");
    assert_string_equal(s.establishment, "001499");
    assert_string_equal(s.donation, "Z549917123456");
    assert_string_equal(s.product, "00T0416");
    assert_string_equal(s.split, "003");
    assert_string_equal(s.expiry, "2017-12-31");
    assert_int_equal(sec_parse("PL001499Z549917123456A00T041600320171231", &s, &err), 0);
    assert_int_equal(sec_parse("PL001499Z549917123456A00T04160032017123", &s, &err), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(sec_parse("PL001499Z549917123456X00T041600320171231", &s, &err), ERR_IDENTIFIER_REFUSED);
}
