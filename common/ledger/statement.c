#include "ledger/statement.h"

#include <string.h>

#include "base/clock.h"
#include "ledger/body.h"
#include "ledger/line.h"
#include "ledger/stream.h"

static const char *const meaning_words[MEANING_COUNT] = {
    [MEANING_RECORDED] = "recorded",   [MEANING_AUTHORED] = "authored",       [MEANING_PERFORMED] = "performed",
    [MEANING_VERIFIED] = "verified",   [MEANING_REVIEWED] = "reviewed",       [MEANING_APPROVED] = "approved",
    [MEANING_RELEASED] = "released",   [MEANING_REJECTED] = "rejected",       [MEANING_HANDED_OVER] = "handed-over",
    [MEANING_RECEIVED] = "received",   [MEANING_CORRECTED] = "corrected",     [MEANING_WITNESSED] = "witnessed",
};

const char *meaning_word(enum meaning m)
{
    return meaning_words[m];
}

enum meaning meaning_from_word(const char *word, size_t len)
{
    for (int m = 0; m < MEANING_COUNT; m++)
        if (strlen(meaning_words[m]) == len && memcmp(meaning_words[m], word, len) == 0)
            return (enum meaning)m;
    return MEANING_COUNT;
}

bool statement_is_act(const struct statement *s)
{
    return s->signer_cert != NULL;
}

struct parser {
    struct arena *arena;
    struct line_reader r;
    struct statement *s;
};

static bool is_name(struct bytes w, bool hyphens)
{
    if (w.len == 0 || w.data[0] < 'a' || w.data[0] > 'z')
        return false;
    for (size_t i = 1; i < w.len; i++) {
        uint8_t c = w.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (hyphens && c == '-')))
            return false;
    }
    return true;
}

static bool read_stream_id(struct parser *p, const char **ret)
{
    struct bytes w;
    if (!line_word(&p->r, &w) || !stream_is_valid((const char *)w.data, w.len))
        return false;
    *ret = arena_dup(p->arena, w.data, w.len);
    return true;
}

static bool read_type(struct parser *p)
{
    struct bytes w;
    if (!line_word(&p->r, &w))
        return false;
    const uint8_t *dot = memchr(w.data, '.', w.len);
    if (dot == NULL)
        return false;
    struct bytes service = {w.data, (size_t)(dot - w.data)}, verb = {dot + 1, w.len - service.len - 1};
    p->s->type = arena_dup(p->arena, w.data, w.len);
    return is_name(service, false) && is_name(verb, false);
}

static bool read_stream(struct parser *p)
{
    return read_stream_id(p, &p->s->stream);
}

static bool read_actor(struct parser *p)
{
    return read_stream_id(p, &p->s->actor) && line_take(&p->r, " ") && read_stream_id(p, &p->s->terminal) &&
           (stream_is_kind(p->s->actor, "U") || stream_is_kind(p->s->actor, "T")) &&
           stream_is_kind(p->s->terminal, "T");
}

static bool read_signer(struct parser *p)
{
    struct bytes w;
    uint8_t cert[DIGEST_LEN];
    if (line_take(&p->r, "- ")) {
        if (!line_word(&p->r, &w) || !is_name(w, false))
            return false;
        p->s->signer = arena_dup(p->arena, w.data, w.len);
        return true;
    }
    if (!line_hash(&p->r, cert) || !line_take(&p->r, " ") || !read_stream_id(p, &p->s->signer))
        return false;
    p->s->signer_cert = hex_text(p->arena, cert, sizeof cert);
    return strcmp(p->s->signer, p->s->actor) == 0 && stream_is_kind(p->s->signer, "U");
}

static bool read_meaning(struct parser *p)
{
    struct bytes w;
    if (!line_word(&p->r, &w))
        return false;
    p->s->meaning = meaning_from_word((const char *)w.data, w.len);
    return p->s->meaning != MEANING_COUNT && (p->s->meaning == MEANING_RECORDED) == !statement_is_act(p->s);
}

/* Each form begins with what no other begins with: nothing is tried twice, so nothing is skipped over. */
static bool read_reviewed(struct parser *p)
{
    if (line_take(&p->r, "-1 ")) {
        p->s->reviewed_seq = REVIEWED_EMPTY;
        return line_hash(&p->r, p->s->reviewed_hash);
    }
    if (line_take(&p->r, "-"))
        return !statement_is_act(p->s);
    return line_number(&p->r, &p->s->reviewed_seq) && line_take(&p->r, " ") && line_hash(&p->r, p->s->reviewed_hash);
}

static bool read_rendered(struct parser *p)
{
    struct bytes w;
    if (line_take(&p->r, "-"))
        return !statement_is_act(p->s);
    p->s->rendered = true;
    if (!line_hash(&p->r, p->s->rendered_sha256) || !line_take(&p->r, " ") || !line_word(&p->r, &w))
        return false;
    const uint8_t *slash = memchr(w.data, '/', w.len);
    if (slash == NULL)
        return false;
    struct bytes id = {w.data, (size_t)(slash - w.data)};
    struct line_reader version = line_reader_of(slash + 1, w.len - id.len - 1);
    p->s->template_id = arena_dup(p->arena, id.data, id.len);
    return is_name(id, true) && line_number(&version, &p->s->template_version) && line_at_end(&version);
}

static bool read_at(struct parser *p)
{
    struct bytes w;
    return line_word(&p->r, &w) && clock_from_text((const char *)w.data, w.len, &p->s->at_ms);
}

static bool read_command(struct parser *p)
{
    struct bytes w;
    if (!line_word(&p->r, &w))
        return false;
    p->s->command = arena_dup(p->arena, w.data, w.len);
    return w.len == COMMAND_HEX - 1 && command_is_valid(p->s->command);
}

static bool read_body_length(struct parser *p)
{
    int64_t len;
    if (!line_number(&p->r, &len) || len > STATEMENT_MAX)
        return false;
    p->s->body.len = (size_t)len;
    return true;
}

static const struct header {
    const char *name;            /* the line begins with this and a space */
    bool (*read)(struct parser *p);
} headers[] = {
    {"type", read_type},         {"stream", read_stream},     {"actor", read_actor},
    {"signer", read_signer},     {"meaning", read_meaning},   {"reviewed", read_reviewed},
    {"rendered", read_rendered}, {"at", read_at},             {"command", read_command},
    {"body", read_body_length},
};

static int read_headers(struct parser *p, struct err *e)
{
    if (!line_take(&p->r, STATEMENT_PREFIX))
        return err_raise(e, ERR_STATEMENT_MALFORMED, "statement", NULL, "does not begin with stemma-statement/1");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const struct header *h = &headers[i];
        size_t line = p->r.line;
        if (!line_take(&p->r, h->name) || !line_take(&p->r, " ") || !h->read(p) || !line_end(&p->r))
            return err_raise(e, ERR_STATEMENT_MALFORMED, h->name, NULL, "line %zu is not a well-formed `%s` line",
                             line, h->name);
    }
    if (!line_end(&p->r))
        return err_raise(e, ERR_STATEMENT_MALFORMED, "body", NULL, "no empty line before the body");
    return 0;
}

int statement_parse_first(struct arena *a, const char *text, size_t len, struct statement *ret, size_t *ret_used,
                          struct err *e)
{
    struct parser p = {a, line_reader_of(text, len), ret};
    *ret = (struct statement){.reviewed_seq = REVIEWED_NONE};
    int rc = read_headers(&p, e);
    if (rc != 0)
        return rc;
    size_t header = (size_t)(p.r.at - text);
    if (ret->body.len > len - header)
        return err_raise(e, ERR_STATEMENT_MALFORMED, "body", NULL, "shorter than its length says");
    if (header + ret->body.len > STATEMENT_MAX)
        return err_raise(e, ERR_STATEMENT_MALFORMED, "statement", NULL, "longer than %d bytes", STATEMENT_MAX);
    ret->body.data = (const uint8_t *)p.r.at;
    *ret_used = header + ret->body.len;
    return body_check(p.r.at, ret->body.len, e);
}

int statement_parse(struct arena *a, const char *text, size_t len, struct statement *ret, struct err *e)
{
    size_t used;
    int rc = statement_parse_first(a, text, len, ret, &used, e);
    if (rc == 0 && used != len)
        return err_raise(e, ERR_STATEMENT_MALFORMED, "body", NULL, "%zu bytes behind the body", len - used);
    return rc;
}

static const char *or_empty(const char *s)
{
    return s != NULL ? s : "";
}

static void put_reviewed(struct buf *b, const struct statement *s)
{
    char hex[DIGEST_HEX];
    if (s->reviewed_seq == REVIEWED_NONE)
        buf_put(b, "reviewed -\n");
    else
        buf_printf(b, "reviewed %lld %s\n", (long long)s->reviewed_seq, hex_of(s->reviewed_hash, DIGEST_LEN, hex));
}

static void put_rendered(struct buf *b, const struct statement *s)
{
    char hex[DIGEST_HEX];
    if (!s->rendered)
        buf_put(b, "rendered -\n");
    else
        buf_printf(b, "rendered %s %s/%lld\n", hex_of(s->rendered_sha256, DIGEST_LEN, hex), or_empty(s->template_id),
                   (long long)s->template_version);
}

int statement_build(struct arena *a, const struct statement *s, struct bytes *ret, struct err *e)
{
    struct buf b = buf_new(a);
    struct statement again;
    char at[CLOCK_TEXT];
    clock_to_text(s->at_ms, at);
    buf_put(&b, STATEMENT_PREFIX);
    buf_printf(&b, "type %s\nstream %s\nactor %s %s\n", or_empty(s->type), or_empty(s->stream), or_empty(s->actor),
               or_empty(s->terminal));
    buf_printf(&b, "signer %s %s\n", s->signer_cert != NULL ? s->signer_cert : "-", or_empty(s->signer));
    buf_printf(&b, "meaning %s\n", s->meaning < MEANING_COUNT ? meaning_word(s->meaning) : "");
    put_reviewed(&b, s);
    put_rendered(&b, s);
    buf_printf(&b, "at %s\ncommand %s\nbody %zu\n\n", at, or_empty(s->command), s->body.len);
    buf_add(&b, s->body.data, s->body.len);
    *ret = (struct bytes){(const uint8_t *)b.text, b.len};
    return statement_parse(a, b.text, b.len, &again, e);
}
