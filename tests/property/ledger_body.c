/* Bodies at random: what the profile admits has one form (another library emits the same bytes), and what is made by the
 * rules is admitted. The seed is fixed; STEMMA_SEED changes it. */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/body.h"

static uint64_t random_state;

static unsigned pick(unsigned n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state % n);
}

static void seed(void)
{
    const char *text = getenv("STEMMA_SEED");
    random_state = text != NULL ? strtoull(text, NULL, 10) | 1 : 88172645463325252ULL;
}

static void put_text(struct buf *b)
{
    static const char *const pieces[] = {"a", "Z", "0", "\"", "\\", "/", " ", "\xc3\xa9", "\xc2\xb5", "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x82", "{", "}", ","};
    struct buf text = buf_new(b->arena);
    for (unsigned n = pick(8); n > 0; n--)
        buf_put(&text, pieces[pick(sizeof pieces / sizeof *pieces)]);
    body_put_text(b, text.text, text.len);
}

static void put_value(struct buf *b, int depth);

static void put_object(struct buf *b, int depth)
{
    unsigned n = pick(5);
    buf_char(b, '{');
    for (unsigned i = 0; i < n; i++) {
        buf_printf(b, "%s\"%c%u\":", i > 0 ? "," : "", (int)('a' + i), pick(10));
        put_value(b, depth + 1);
    }
    buf_char(b, '}');
}

static void put_array(struct buf *b, int depth)
{
    unsigned n = pick(4);
    buf_char(b, '[');
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            buf_char(b, ',');
        put_value(b, depth + 1);
    }
    buf_char(b, ']');
}

static void put_value(struct buf *b, int depth)
{
    static const char *const words[] = {"true", "false", "null", "0", "-1", "9007199254740991", "-9007199254740991"};
    unsigned kind = pick(depth > BODY_DEPTH ? 2 : 4);
    if (kind == 0)
        buf_put(b, words[pick(sizeof words / sizeof *words)]);
    else if (kind == 1)
        put_text(b);
    else if (kind == 2)
        put_object(b, depth);
    else
        put_array(b, depth);
}

static bool same_when_emitted_again(const char *text, size_t len)
{
    json_t *root = json_loadb(text, len - 1, JSON_REJECT_DUPLICATES, NULL);
    char *again = root != NULL ? json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    bool same = again != NULL && strlen(again) == len - 1 && memcmp(again, text, len - 1) == 0;
    free(again);
    json_decref(root);
    return same;
}

CASE(L19_body_made_by_the_rules_is_accepted)
{
    struct arena *a = arena_new(0);
    struct err e;
    seed();
    for (int i = 0; i < 3000; i++) {
        arena_reset(a);
        struct buf b = buf_new(a);
        put_object(&b, 1);
        buf_char(&b, '\n');
        if (body_check(b.text, b.len, &e) != 0)
            fail_msg("%s: %s", e.text, b.text);
        assert_true(same_when_emitted_again(b.text, b.len));
    }
    arena_free(a);
}

CASE(L19_body_changed_at_random_has_still_one_form)
{
    static const char alphabet[] = "{}[]\",:\\0123456789-.eE+atrufnls \n\t\xc3\xa9\xcc\x81";
    struct arena *a = arena_new(0);
    struct err e;
    int met = 0;
    seed();
    for (int i = 0; i < 20000; i++) {
        arena_reset(a);
        struct buf b = buf_new(a);
        put_object(&b, 1);
        buf_char(&b, '\n');
        for (unsigned n = 1 + pick(2); n > 0; n--)
            b.text[pick((unsigned)b.len)] = alphabet[pick(sizeof alphabet - 1)];
        if (body_check(b.text, b.len, &e) == 0) {
            assert_true(same_when_emitted_again(b.text, b.len));
            met++;
        }
    }
    assert_true(met > 100);
    arena_free(a);
}
