/* One tree, three ways to write it: each must be read back by the rules of its format, whatever the text. */
#include "support/test.h"

#include <string.h>

#include "exports/tree.h"

static struct arena *a;

static const char *written(const struct tree *t, void (*write)(struct buf *, const struct tree *))
{
    struct buf b = buf_new(a);
    write(&b, t);
    return b.text;
}

CASE(R39_json_keeps_the_order_and_the_digits)
{
    a = arena_new(0);
    struct tree *t = tree_new(a);
    tree_text(t, "z", "1");
    tree_raw(t, "a.value", "97.0");
    tree_raw(t, "a.list[]", "1.50");
    tree_raw(t, "a.list[]", "-0.001");
    assert_string_equal(written(t, tree_to_json),
                        "{\n  \"z\": \"1\",\n  \"a\": {\n    \"value\": 97.0,\n    \"list\": [\n      1.50,\n      -0.001\n    ]\n  }\n}\n");
    a = arena_free(a);
}

CASE(R39_json_text_is_quoted)
{
    a = arena_new(0);
    struct tree *t = tree_new(a);
    tree_text(t, "x", "a \"b\" \\ \xc2\xb5L");
    assert_non_null(strstr(written(t, tree_to_json), "\"a \\\"b\\\" \\\\ \xc2\xb5L\""));
    a = arena_free(a);
}

CASE(R39_nothing_is_written_for_nothing)
{
    a = arena_new(0);
    struct tree *t = tree_new(a);
    tree_text(t, "x", NULL);
    tree_text(t, "y.z", "");
    assert_false(tree_has(t, "x"));
    assert_string_equal(written(t, tree_to_json), "{}\n");
    tree_array(tree_at(t, "list"));
    assert_string_equal(written(t, tree_to_json), "{\n  \"list\": []\n}\n");
    a = arena_free(a);
}

CASE(R39_same_path_is_the_same_place)
{
    a = arena_new(0);
    struct tree *t = tree_new(a);
    assert_ptr_equal(tree_at(t, "a[0].b"), tree_at(t, "a[0].b"));
    assert_ptr_not_equal(tree_at(t, "a[]"), tree_at(t, "a[0]"));
    assert_int_equal(tree_count(t, "a"), 2);
    assert_int_equal(tree_count(t, "b"), 0);
    a = arena_free(a);
}

CASE(R39_xml_has_attributes_text_and_repeated_elements)
{
    a = arena_new(0);
    struct tree *t = tree_new(a);
    tree_text(t, "r.@xmlns", "urn:x");
    tree_text(t, "r.e[]", "1 < 2 & \"3\" > 0");
    tree_text(t, "r.e[].f", "x");
    tree_text(t, "r.g.@k", "v");
    tree_text(t, "r.g.#", "text");
    assert_string_equal(written(t, tree_to_xml),
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns=\"urn:x\">\n  <e>1 &lt; 2 &amp; &quot;3&quot; &gt; 0</e>\n"
                        "  <e>\n    <f>x</f>\n  </e>\n  <g k=\"v\">text</g>\n</r>\n");
    a = arena_free(a);
}

CASE(R39_csv_is_quoted_where_rfc_4180_asks)
{
    static const char *const columns[] = {"a", "b", "c"};
    a = arena_new(0);
    struct tree *t = tree_new(a);
    struct buf b = buf_new(a);
    tree_text(tree_at(t, "[]"), "b", "plain");
    struct tree *row = tree_at(t, "[]");
    tree_text(row, "c", "1,5 \"mL\"");
    tree_text(row, "a", "-196");
    tree_text(tree_at(t, "[]"), "a", "two\nlines");
    tree_to_csv(&b, t, columns, 3);
    assert_string_equal(b.text, "a,b,c\r\n,plain,\r\n-196,,\"1,5 \"\"mL\"\"\"\r\n\"two\nlines\",,\r\n");
    a = arena_free(a);
}
