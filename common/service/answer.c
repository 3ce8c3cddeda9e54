#include <stdio.h>
#include <string.h>

#include "service/promise.h"
#include "service/work.h"

/* how many bytes the character at ${text} has; 0: it is no UTF-8 */
static size_t character(const char *text)
{
    unsigned char c = (unsigned char)*text;
    size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    return strnlen(text, n) == n && text_is_utf8(text, n) ? n : 0;
}

/* a text may quote what came, or be cut within a character: bytes that are none would make the reply no JSON */
static void put_text(struct buf *b, const char *key, const char *text)
{
    buf_printf(b, ",\"%s\":\"", key);
    for (size_t n; *text != '\0'; text += n > 0 ? n : 1) {
        unsigned char c = (unsigned char)*text;
        n = character(text);
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            buf_char(b, ' ');
        } else if (n == 0) {
            buf_char(b, '?');
        } else {
            buf_add(b, text, n);
        }
    }
    buf_char(b, '"');
}

static void put_result(struct work *w, const struct record_type *type, const void *record)
{
    w->reply = buf_new(w->call.arena);
    buf_put(&w->reply, "{\"ok\":true,\"result\":");
    record_to_json(&w->reply, type, record, RECORD_REPLY);
    buf_put(&w->reply, "}");
}

void answer_result(struct work *w)
{
    put_result(w, w->call.verb->out, w->call.out);
}

void answer_prepared(struct work *w)
{
    struct prepared p;
    record_init(&record_prepared, &p);
    struct buf text = buf_new(w->call.arena);
    verb_render(&text, w->call.verb, w->call.stream, w->call.in);
    p.statement = arena_dup(w->call.arena, w->call.statement.data, w->call.statement.len);
    p.rendered = text.text;
    p.stream = w->call.stream;
    p.reviewed_seq = w->call.reviewed_seq;
    put_result(w, &record_prepared, &p);
}

void answer_receipt(struct work *w, int64_t seq, int64_t time_ms, const uint8_t leaf[DIGEST_LEN],
                    const uint8_t statement_sha256[DIGEST_LEN])
{
    struct receipt r;
    record_init(&record_receipt, &r);
    r.stream = w->call.stream;
    r.seq = seq;
    r.time = time_ms;
    r.leaf = hex_text(w->call.arena, leaf, DIGEST_LEN);
    r.statement_sha256 = hex_text(w->call.arena, statement_sha256, DIGEST_LEN);
    r.note = w->note != NULL ? w->note : promise_note(w->call.arena, r.stream, seq, time_ms, leaf);
    put_result(w, &record_receipt, &r);
}

void answer_refusal(struct work *w)
{
    const struct err_row *row = err_row(w->code);
    uint8_t id[8];
    char request[17];
    random_fill(id, sizeof id);
    hex_of(id, sizeof id, request);
    w->reply = buf_new(w->call.arena);
    buf_printf(&w->reply, "{\"ok\":false,\"error\":{\"code\":\"%s\",\"http\":%d", row->code, row->http);
    if (w->code > 0) {
        put_text(&w->reply, "field", w->err.field);
        put_text(&w->reply, "rule", w->err.rule);
        put_text(&w->reply, "text", w->err.text);
    } else {
        service_log("error", "request %s, verb %s: %s", request, w->request.verb, w->err.text);
    }
    put_text(&w->reply, "sentence", row->sentence);
    put_text(&w->reply, "hint", row->hint);
    put_text(&w->reply, "request", request);
    buf_put(&w->reply, "}}");
}
