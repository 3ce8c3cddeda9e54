#include "support/test.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/body.h"

static bool accepted(const char *text)
{
    struct err e;
    return body_check(text, strlen(text), &e) == 0;
}

static void refused_for(const char *text, const char *why)
{
    struct err e;
    assert_int_equal(body_check(text, strlen(text), &e), ERR_BODY_MALFORMED);
    assert_non_null(strstr(e.text, why));
}

CASE(F_body_accepts_every_kind_of_value)
{
    assert_true(accepted("{}\n"));
    assert_true(accepted("{\"a\":[],\"b\":{},\"c\":[1,-1,0],\"d\":\"x\\\"y\\\\z/\",\"e\":true,\"f\":false,\"g\":null}\n"));
}

CASE(F_body_must_be_an_object)
{
    assert_false(accepted("[]\n"));
    assert_false(accepted("1\n"));
    assert_false(accepted(""));
    assert_false(accepted("\n"));
}

CASE(F_body_ends_with_one_lf)
{
    refused_for("{}", "no LF");
    refused_for("{}\n\n", "behind");
    refused_for("{}\r\n", "no LF");
    refused_for("{}{}\n", "no LF");
}

CASE(L19_body_no_white_space)
{
    assert_false(accepted("{ }\n"));
    assert_false(accepted("{\"a\": 1}\n"));
    assert_false(accepted("{\"a\":1 }\n"));
    assert_false(accepted(" {}\n"));
    assert_false(accepted("{\"a\":[1, 2]}\n"));
    assert_false(accepted("{\n}\n"));
}

CASE(L19_body_keys_strictly_ascending)
{
    assert_true(accepted("{\"a\":1,\"a0\":2,\"a_\":3,\"b\":4}\n"));
    refused_for("{\"b\":1,\"a\":2}\n", "ascending");
    refused_for("{\"a\":1,\"a\":2}\n", "ascending");
    refused_for("{\"a_\":1,\"a0\":2}\n", "ascending");
    refused_for("{\"ab\":1,\"a\":2}\n", "ascending");
}

CASE(F_body_inner_keys_are_ordered_by_themselves)
{
    assert_true(accepted("{\"b\":{\"a\":1},\"c\":[{\"z\":1},{\"a\":1}]}\n"));
    assert_false(accepted("{\"a\":{\"c\":1,\"b\":2}}\n"));
}

CASE(F_body_key_form)
{
    refused_for("{\"A\":1}\n", "key");
    refused_for("{\"\":1}\n", "key");
    refused_for("{\"1a\":1}\n", "key");
    refused_for("{\"a-b\":1}\n", "key");
    refused_for("{\"\\u0061\":1}\n", "key");
    assert_true(accepted("{\"a234567890123456789012345678901234567890\":1}\n"));
    refused_for("{\"a2345678901234567890123456789012345678901\":1}\n", "key");
}

CASE(L19_body_no_floats_no_exponents)
{
    assert_false(accepted("{\"a\":1.0}\n"));
    assert_false(accepted("{\"a\":1e2}\n"));
    assert_false(accepted("{\"a\":1E2}\n"));
    assert_false(accepted("{\"a\":.5}\n"));
    assert_false(accepted("{\"a\":+1}\n"));
    assert_false(accepted("{\"a\":NaN}\n"));
}

CASE(L19_body_integers_within_2_to_53)
{
    assert_true(accepted("{\"a\":9007199254740991,\"b\":-9007199254740991}\n"));
    refused_for("{\"a\":9007199254740992}\n", "2^53");
    refused_for("{\"a\":-9007199254740992}\n", "2^53");
    refused_for("{\"a\":99999999999999999999999999999999}\n", "2^53");
}

CASE(L19_body_no_minus_zero_no_leading_zero)
{
    refused_for("{\"a\":-0}\n", "zero");
    refused_for("{\"a\":00}\n", "zero");
    refused_for("{\"a\":01}\n", "zero");
    refused_for("{\"a\":-01}\n", "zero");
    assert_false(accepted("{\"a\":-}\n"));
}

CASE(L19_body_two_escapes_only)
{
    refused_for("{\"a\":\"\\u0041\"}\n", "escape");
    refused_for("{\"a\":\"\\n\"}\n", "escape");
    refused_for("{\"a\":\"\\/\"}\n", "escape");
    refused_for("{\"a\":\"\\", "escape");
}

CASE(L19_body_no_control_characters)
{
    refused_for("{\"a\":\"\t\"}\n", "control");
    refused_for("{\"a\":\"\n\"}\n", "control");
    refused_for("{\"a\":\"\x7f\"}\n", "control");
    refused_for("{\"a\":\"\xc2\x80\"}\n", "forbidden");
    refused_for("{\"a\":\"\xc2\x9f\"}\n", "forbidden");
    assert_true(accepted("{\"a\":\"\xc2\xa0\"}\n"));
    struct err e;
    assert_int_not_equal(body_check("{\"a\":\"\0\"}\n", 10, &e), 0);
}

CASE(L19_body_malformed_utf8)
{
    refused_for("{\"a\":\"\xc0\xaf\"}\n", "UTF-8");
    refused_for("{\"a\":\"\xed\xa0\x80\"}\n", "UTF-8");
    refused_for("{\"a\":\"\xf4\x90\x80\x80\"}\n", "UTF-8");
    refused_for("{\"a\":\"\x80\"}\n", "UTF-8");
    refused_for("{\"a\":\"\xe2\x82\"}\n", "UTF-8");
    assert_false(accepted("\xef\xbb\xbf{}\n"));
}

CASE(L21_body_must_be_nfc)
{
    assert_true(accepted("{\"a\":\"caf\xc3\xa9\"}\n"));
    refused_for("{\"a\":\"cafe\xcc\x81\"}\n", "normal form");
    refused_for("{\"a\":\"\xe2\x84\xab\"}\n", "normal form");   /* ANGSTROM SIGN */
    assert_true(accepted("{\"a\":\"10\xc2\xb2 \xc2\xb5L\"}\n"));
}

CASE(L21_body_invisible_and_bidi_characters)
{
    static const char *const bad[] = {
        "\xe2\x80\x8b", "\xe2\x80\x8d", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xa9",
        "\xef\xbb\xbf", "\xef\xb7\x90", "\xef\xb7\xaf", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xf0\x9f\xbf\xbe",
        "\xf4\x8f\xbf\xbf",
    };
    char text[32];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "{\"a\":\"x%sy\"}\n", bad[i]);
        refused_for(text, "forbidden");
        assert_false(body_text_is_valid(bad[i], strlen(bad[i])));
    }
}

CASE(L21_body_neighbours_of_forbidden_points_pass)
{
    static const char *const good[] = {"\xe2\x80\x8a", "\xe2\x80\x90", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\xaa",
                                       "\xef\xb7\x8f", "\xef\xb7\xb0", "\xef\xbf\xbd"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(body_text_is_valid(good[i], strlen(good[i])));
}

CASE(F_body_depth_at_most_8)
{
    assert_true(accepted("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}\n"));
    assert_true(accepted("{\"a\":[[[[[[[1]]]]]]]}\n"));
    refused_for("{\"a\":[[[[[[[[1]]]]]]]]}\n", "deep");
    refused_for("{\"a\":[[[[[[[{}]]]]]]]}\n", "deep");
}

CASE(F_body_structure_errors)
{
    assert_false(accepted("{\"a\"}\n"));
    assert_false(accepted("{\"a\":}\n"));
    assert_false(accepted("{\"a\":1,}\n"));
    assert_false(accepted("{,\"a\":1}\n"));
    assert_false(accepted("{\"a\":[1,]}\n"));
    assert_false(accepted("{\"a\":[1}\n"));
    assert_false(accepted("{\"a\":tru}\n"));
    assert_false(accepted("{\"a\":True}\n"));
    assert_false(accepted("{\"a\":'x'}\n"));
    assert_false(accepted("{\"a\":\"x}\n"));
    assert_false(accepted("{a:1}\n"));
}

CASE(F_body_every_truncation_is_refused)
{
    static const char text[] = "{\"a\":[1,{\"b\":null}],\"c\":\"\xc3\xa9\\\"\",\"d\":-12}\n";
    struct err e;
    assert_int_equal(body_check(text, strlen(text), &e), 0);
    for (size_t n = 0; n < strlen(text); n++)
        assert_int_not_equal(body_check(text, n, &e), 0);
}

CASE(F_body_put_text_writes_what_is_accepted)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    buf_put(&b, "{\"a\":");
    body_put_text(&b, "say \"no\" \\ \xc3\xa9", 13);
    buf_put(&b, "}\n");
    assert_string_equal(b.text, "{\"a\":\"say \\\"no\\\" \\\\ \xc3\xa9\"}\n");
    assert_true(accepted(b.text));
    arena_free(a);
}

/* What is accepted has one form: the re-emission by another library gives the same bytes. */
static void same_when_emitted_again(const char *text, size_t len)
{
    json_t *root = json_loadb(text, len - 1, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    char *again = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    assert_int_equal(strlen(again), len - 1);
    assert_memory_equal(again, text, len - 1);
    free(again);
    json_decref(root);
}

static size_t run_folder(const char *folder, char kind)
{
    char name[512];
    size_t met = 0;
    const char *path = test_data(folder);
    if (path == NULL)
        test_skip_without(folder);
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d)) != NULL;) {
        if (f->d_name[0] != kind || strstr(f->d_name, ".json") == NULL)
            continue;
        size_t len;
        struct err e;
        snprintf(name, sizeof name, "%s/%s", folder, f->d_name);
        char *text = test_read(test_data(name), &len);
        assert_non_null(text);
        text[len] = '\n';                /* over the NUL: what the file says, as a body */
        if (body_check(text, len + 1, &e) == 0) {
            assert_int_not_equal(kind, 'n');
            same_when_emitted_again(text, len + 1);
        }
        met++;
        free(text);
    }
    closedir(d);
    return met;
}

CASE(L19_torture_refused_files_are_refused)
{
    assert_true(run_folder("json-torture", 'n') > 80);
}

CASE(L20_torture_accepted_files_have_one_form)
{
    assert_true(run_folder("json-torture", 'y') > 40);
}

CASE(L20_jcs_outputs_beyond_the_profile_are_refused)
{
    static const char *const names[] = {"arrays", "values", "weird"};
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        size_t len;
        struct err e;
        snprintf(name, sizeof name, "crypto/jcs/output/%s.json", names[i]);
        const char *path = test_data(name);
        if (path == NULL)
            test_skip_without(name);
        char *text = test_read(path, &len);
        text[len] = '\n';
        assert_int_equal(body_check(text, len + 1, &e), ERR_BODY_MALFORMED);
        free(text);
    }
}
