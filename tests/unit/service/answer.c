/* A refusal is JSON whatever its text quotes. */
#include <string.h>

#include <jansson.h>

#include "service/work.h"
#include "support/test.h"

/* what the reply to a refusal with ${text} says, as a client reads it */
static void answered(const char *text, const char *should)
{
    struct work w = {.code = ERR_RESULT_REFUSED};
    w.call.arena = arena_new(0);
    err_raise(&w.err, ERR_RESULT_REFUSED, "file", "T52", "%s", text);
    answer_refusal(&w);
    json_t *root = json_loadb(w.reply.text, w.reply.len, 0, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "error"), "text")), should);
    json_decref(root);
    arena_free(w.call.arena);
}

CASE(answer_quotes_text_and_its_signs)
{
    answered("\"97\" \\ caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"97\" \\ caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    answered("a\x01\tb\x7f", "a  b ");
}

CASE(answer_replaces_bytes_that_are_no_utf8)
{
    answered("S\xb5,\xff", "S?,?");
    answered("\xc3\xa9\xe2\x82", "\xc3\xa9??");                                /* cut within a character */
    answered("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", "?????????");
    answered("\xe2\"", "?\"");
}
