/* ISBT 128 structures of the shared data: what is valid is read whole, what is not is refused, and the rules that the file states hold. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/identifier.h"
#include "domain/scan.h"
#include "support/test.h"

static struct arena *a;
static struct err err;

static json_t *structures(void)
{
    const char *path = test_data("isbt128/structures.json");
    if (path == NULL)
        test_skip_without("isbt128/structures.json");
    json_t *root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    a = arena_new(0);
    return root;
}

static void end(json_t *root)
{
    json_decref(root);
    arena_free(a);
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static const struct scan_piece *piece(const struct scan *s, const char *number)
{
    for (size_t i = 0; i < s->piece_count; i++)
        if (strcmp(s->piece[i].number, number) == 0)
            return &s->piece[i];
    fail_msg("no structure %s", number);
    return NULL;
}

static void check_compound(const json_t *row, const struct scan *s)
{
    json_t *parts = json_object_get(row, "parts"), *part;
    char day[17];
    size_t i;
    assert_int_equal(s->piece_count, json_integer_value(json_object_get(row, "compound")));
    json_array_foreach(parts, i, part)
        assert_string_equal(s->piece[i].number, json_string_value(part));
    assert_string_equal(piece(s, "032")->content, text_of(row, "division"));
    assert_true(isbt_date(piece(s, "004")->content, day));
    assert_string_equal(day, arena_printf(a, "%s 23:59", text_of(row, "expires")));
}

static void check_number(const json_t *row, const struct scan *s)
{
    struct din d;
    assert_int_equal(s->piece_count, 1);
    assert_string_equal(s->piece[0].number, text_of(row, "ds"));
    assert_string_equal(s->donation_number, text_of(row, "din"));
    assert_int_equal(din_from_scan(text_of(row, "scan"), &d, &err), 0);
    assert_string_equal(d.text, text_of(row, "din"));
    assert_string_equal(d.flags, text_of(row, "flags"));
    assert_int_equal(d.kind == DIN_FLAGS_CHECK, json_is_true(json_object_get(row, "flag_is_check")));
    if (text_of(row, "K") != NULL)
        assert_int_equal(d.check, text_of(row, "K")[0]);
}

/* printed with a blank between the groups, and what is coded in it */
static void check_european(const json_t *row)
{
    struct sec s;
    assert_int_equal(sec_parse(text_of(row, "sec_text"), &s, &err), 0);
    assert_string_equal(s.country, text_of(row, "country"));
    assert_string_equal(s.establishment, text_of(row, "te"));
    assert_string_equal(s.donation, text_of(row, "udn"));
    assert_int_equal(s.system, text_of(row, "coding")[0]);
    assert_string_equal(s.product, text_of(row, "product"));
    assert_string_equal(s.split, text_of(row, "split"));
    assert_string_equal(s.expiry, text_of(row, "expiry"));
}

CASE(T37_valid_structures_of_the_shared_data_are_read_whole)
{
    json_t *root = structures(), *row;
    size_t i;
    json_array_foreach(json_object_get(root, "valid"), i, row) {
        struct scan s;
        if (text_of(row, "sec_text") != NULL) {
            check_european(row);
            continue;
        }
        if (scan_read(a, text_of(row, "scan"), &s, &err) != 0)
            fail_msg("%s: %s", text_of(row, "scan"), err.text);
        assert_string_equal(s.symbology, "isbt_128");
        (json_object_get(row, "compound") != NULL ? check_compound : check_number)(row, &s);
    }
    assert_int_equal(i, 4);
    end(root);
}

CASE(R03_T34_invalid_structures_of_the_shared_data_are_refused)
{
    json_t *root = structures(), *row;
    size_t i;
    json_array_foreach(json_object_get(root, "invalid"), i, row) {
        const char *text = text_of(row, "scan") != NULL ? text_of(row, "scan") : text_of(row, "typed");
        struct din d;
        struct scan s;
        int code = text_of(row, "scan") != NULL ? din_from_scan(text, &d, &err) : din_from_typed(text, &d, &err);
        if (code != ERR_IDENTIFIER_REFUSED || scan_read(a, text, &s, &err) != ERR_IDENTIFIER_REFUSED)
            fail_msg("%s was taken: %s", text, text_of(row, "why"));
    }
    assert_int_equal(i, 5);
    end(root);
}

/* "A-N P-Z 1-9 (no O, no 0)" */
static bool is_listed(const char *list, char c)
{
    for (const char *p = list; *p != '\0' && *p != '('; p++)
        if (p[1] == '-' ? c >= p[0] && c <= p[2] : *p != ' ' && *p != '-' && c == *p)
            return true;
    return false;
}

CASE(T33_T34_rules_of_the_shared_data_hold)
{
    json_t *root = structures(), *rules = json_object_get(root, "rules");
    const char *first = text_of(rules, "first_char");
    char din[] = "A999926000001", scan[24];
    struct din d, plain;
    for (int c = 1; c < 128; c++) {
        din[0] = (char)c;
        assert_int_equal(din_is_valid(din), is_listed(first, (char)c));
    }
    assert_string_equal(text_of(rules, "flag3"), "60+value, 60..96");
    assert_string_equal(text_of(rules, "K"), "over the 13 characters only; flags excluded");
    for (unsigned k = 0; k < 10000; k++) {
        snprintf(din, sizeof din, "A99992600%04u", k % 10000);
        snprintf(scan, sizeof scan, "=%s00", din);
        assert_int_equal(din_from_scan(scan, &plain, &err), 0);
        for (unsigned value = 0; value < 37; value++) {
            snprintf(scan, sizeof scan, "=%s%02u", din, (60 + value) % 100);
            bool is_check = mod37_value(din, DIN_LEN) == (int)value;
            assert_int_equal(din_from_scan(scan, &d, &err), is_check ? 0 : ERR_IDENTIFIER_REFUSED);
            if (is_check)
                assert_true(d.check == plain.check && d.check == mod37_char((int)value));
        }
    }
    end(root);
}

CASE(T16_identifier_dates_are_as_the_shared_data_say)
{
    json_t *root = structures(), *rules = json_object_get(root, "rules");
    char day[17];
    assert_string_equal(text_of(rules, "dates"), "cyyjjj: c=0 -> 20yy, jjj ordinal day");
    assert_string_equal(text_of(rules, "expiry_date_only"), "means end of day 23:59");
    assert_true(isbt_date("026365", day));
    assert_string_equal(day, "2026-12-31 23:59");
    assert_true(isbt_date("028366", day));
    assert_string_equal(day, "2028-12-31 23:59");
    end(root);
}

/* "DS040 &/CH + 13-character DIN, K is required in print" */
CASE(T37_chain_of_identity_is_a_structure_of_its_own)
{
    json_t *root = structures();
    struct scan s;
    assert_memory_equal(text_of(json_object_get(root, "rules"), "chain_of_identity"), "DS040 &/CH", 10);
    assert_int_equal(scan_read(a, "&/CHA999926000001", &s, &err), 0);
    assert_string_equal(piece(&s, "040")->content, "CHA999926000001");
    assert_int_equal(scan_read(a, "&/CHA99992600000", &s, &err), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(scan_read(a, "&/CHA9999260000011", &s, &err), ERR_IDENTIFIER_REFUSED);
    end(root);
}
