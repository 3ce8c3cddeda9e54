#include "ledger/entry.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "ledger/line.h"
#include "ledger/stream.h"

#define GENESIS_PREFIX "stemma-genesis/1\n"

struct parser {
    struct arena *arena;
    struct line_reader r;
    struct entry *entry;
};

static bool read_log(struct parser *p)
{
    struct bytes w;
    if (!line_word(&p->r, &w) || !stream_origin_is_valid((const char *)w.data, w.len))
        return false;
    p->entry->origin = arena_dup(p->arena, w.data, w.len);
    return true;
}

static bool read_stream(struct parser *p)
{
    struct bytes w;
    if (!line_word(&p->r, &w) || !stream_is_valid((const char *)w.data, w.len))
        return false;
    p->entry->stream = arena_dup(p->arena, w.data, w.len);
    return true;
}

static bool read_seq(struct parser *p)
{
    return line_number(&p->r, &p->entry->seq);
}

static bool read_prev(struct parser *p)
{
    return line_hash(&p->r, p->entry->prev);
}

static bool read_time(struct parser *p)
{
    struct bytes w;
    return line_word(&p->r, &w) && clock_from_text((const char *)w.data, w.len, &p->entry->time_ms);
}

static bool read_stmt(struct parser *p)
{
    return line_hash(&p->r, p->entry->stmt_sha256) && line_take(&p->r, " ") &&
           line_number(&p->r, &p->entry->stmt_len) && p->entry->stmt_len > 0;
}

static bool read_sig(struct parser *p)
{
    if (line_take(&p->r, "- 0"))
        return true;
    return line_hash(&p->r, p->entry->sig_sha256) && line_take(&p->r, " ") &&
           line_number(&p->r, &p->entry->sig_len) && p->entry->sig_len > 0;
}

static const struct field {
    const char *name;
    bool (*read)(struct parser *p);
} fields[] = {
    {"log", read_log},   {"stream", read_stream}, {"seq", read_seq}, {"prev", read_prev},
    {"time", read_time}, {"stmt", read_stmt},     {"sig", read_sig},
};

static bool attachment_name_is_valid(struct bytes w)
{
    if (w.len < 1 || w.len > 64)
        return false;
    for (size_t i = 0; i < w.len; i++) {
        uint8_t c = w.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static bool read_attachment(struct parser *p, struct attachment *ret)
{
    struct bytes name;
    if (!line_word(&p->r, &name) || !attachment_name_is_valid(name) || !line_take(&p->r, " ") ||
        !line_hash(&p->r, ret->sha256) || !line_take(&p->r, " ") || !line_number(&p->r, &ret->len) || !line_end(&p->r))
        return false;
    ret->name = arena_dup(p->arena, name.data, name.len);
    return true;
}

static size_t lines_left(const struct line_reader *r)
{
    size_t n = 0;
    for (const char *p = r->at; p < r->end; p++)
        n += *p == '\n';
    return n;
}

static bool read_attachments(struct parser *p)
{
    size_t n = 0, lines = lines_left(&p->r);
    struct attachment *found = lines > 0 ? ARENA_ARRAY(p->arena, struct attachment, lines) : NULL;
    while (n < lines && line_take(&p->r, "att ")) {
        if (!read_attachment(p, &found[n]))
            return false;
        if (n > 0 && strcmp(found[n - 1].name, found[n].name) >= 0)
            return false;
        n++;
    }
    p->entry->att = found;
    p->entry->att_count = n;
    return line_at_end(&p->r);
}

int entry_parse(struct arena *a, const char *text, size_t len, struct entry *ret, struct err *e)
{
    struct parser p = {a, line_reader_of(text, len), ret};
    *ret = (struct entry){0};
    if (!line_take(&p.r, ENTRY_PREFIX))
        return err_raise(e, ERR_STATEMENT_MALFORMED, "entry", NULL, "does not begin with stemma-entry/1");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!line_take(&p.r, fields[i].name) || !line_take(&p.r, " ") || !fields[i].read(&p) || !line_end(&p.r))
            return err_raise(e, ERR_STATEMENT_MALFORMED, fields[i].name, NULL, "line %zu is not a well-formed `%s` line",
                             i + 2, fields[i].name);
    if (!read_attachments(&p))
        return err_raise(e, ERR_STATEMENT_MALFORMED, "att", NULL, "malformed or unordered attachment");
    return 0;
}

int entry_build(struct arena *a, const struct entry *entry, struct bytes *ret, struct err *e)
{
    struct buf b = buf_new(a);
    struct entry again;
    char hex[DIGEST_HEX], at[CLOCK_TEXT];
    clock_to_text(entry->time_ms, at);
    buf_printf(&b, ENTRY_PREFIX "log %s\nstream %s\nseq %lld\n", entry->origin, entry->stream, (long long)entry->seq);
    buf_printf(&b, "prev %s\ntime %s\n", hex_of(entry->prev, DIGEST_LEN, hex), at);
    buf_printf(&b, "stmt %s %lld\n", hex_of(entry->stmt_sha256, DIGEST_LEN, hex), (long long)entry->stmt_len);
    if (entry->sig_len == 0)
        buf_put(&b, "sig - 0\n");
    else
        buf_printf(&b, "sig %s %lld\n", hex_of(entry->sig_sha256, DIGEST_LEN, hex), (long long)entry->sig_len);
    for (size_t i = 0; i < entry->att_count; i++)
        buf_printf(&b, "att %s %s %lld\n", entry->att[i].name, hex_of(entry->att[i].sha256, DIGEST_LEN, hex),
                   (long long)entry->att[i].len);
    *ret = (struct bytes){(const uint8_t *)b.text, b.len};
    return entry_parse(a, b.text, b.len, &again, e);
}

void entry_genesis_hash(const char *origin, const char *stream, uint8_t ret[DIGEST_LEN])
{
    struct digest *d = digest_new();
    digest_add(d, GENESIS_PREFIX, sizeof GENESIS_PREFIX - 1);
    digest_add(d, origin, strlen(origin));
    digest_add(d, "\n", 1);
    digest_add(d, stream, strlen(stream));
    digest_add(d, "\n", 1);
    digest_end(d, ret);
    digest_free(d);
}

void entry_leaf_hash(const void *entry, size_t len, uint8_t ret[DIGEST_LEN])
{
    digest_sha256_two("\0", 1, entry, len, ret);
}

int64_t entry_time_after(int64_t previous_ms, int64_t now_ms)
{
    return previous_ms != TIME_ABSENT && now_ms <= previous_ms ? previous_ms + 1 : now_ms;
}
