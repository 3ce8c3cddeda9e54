#include "ledger/receipt_note.h"

#include <string.h>

#include "base/clock.h"
#include "ledger/stream.h"

const char *receipt_note_key_name(struct arena *a, const char *origin, const char *service)
{
    return arena_printf(a, "%s" RECEIPT_KEY_FOLDER "%s", origin, service);
}

struct bytes receipt_note_body(struct arena *a, const struct receipt_note *r)
{
    char time[CLOCK_TEXT];
    struct buf b = buf_new(a);
    clock_to_text(r->time_ms, time);
    buf_printf(&b, RECEIPT_NOTE_FIRST_LINE "%s\n%s %lld\n%s\n%s\n", r->origin, r->stream, (long long)r->seq,
               base64_of(a, r->leaf, DIGEST_LEN), time);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

bool receipt_note_is(struct bytes file)
{
    size_t len = strlen(RECEIPT_NOTE_FIRST_LINE);
    return file.len > len && memcmp(file.data, RECEIPT_NOTE_FIRST_LINE, len) == 0;
}

static const char *text_of(struct arena *a, struct bytes word)
{
    return arena_dup(a, word.data, word.len);
}

static bool read_body(struct arena *a, struct line_reader *r, struct receipt_note *ret)
{
    struct bytes origin, stream, leaf, time, hash;
    const char *from = r->at;
    if (!line_take(r, RECEIPT_NOTE_FIRST_LINE) || !line_word(r, &origin) || !line_end(r) || !line_word(r, &stream) ||
        !line_take(r, " ") || !line_number(r, &ret->seq) || !line_end(r) || !line_word(r, &leaf) || !line_end(r) ||
        !line_word(r, &time) || !line_end(r))
        return false;
    if (!stream_origin_is_valid((const char *)origin.data, origin.len) ||
        !stream_is_valid((const char *)stream.data, stream.len) ||
        !base64_to(a, (const char *)leaf.data, leaf.len, &hash) || hash.len != DIGEST_LEN ||
        !clock_from_text((const char *)time.data, time.len, &ret->time_ms))
        return false;
    ret->origin = text_of(a, origin);
    ret->stream = text_of(a, stream);
    memcpy(ret->leaf, hash.data, DIGEST_LEN);
    ret->body = (struct bytes){(const uint8_t *)from, (size_t)(r->at - from)};
    return true;
}

int receipt_note_next(struct arena *a, struct line_reader *r, struct receipt_note *ret, struct err *e)
{
    *ret = (struct receipt_note){.time_ms = TIME_ABSENT};
    if (!read_body(a, r, ret) || !line_end(r) || !note_line_read(a, r, &ret->line))
        return err_raise(e, ERR_DOSSIER_REFUSED, "receipt", NULL, "line %zu is not of a receipt", r->line);
    return 0;
}

/* a key of another log, or the log's own, signs no receipts of this one */
static bool is_key_of(const struct receipt_note *r, const struct note_key *key)
{
    size_t len = strlen(r->origin);
    return key->type == NOTE_KEY_ED25519 && strncmp(key->name, r->origin, len) == 0 &&
           strncmp(key->name + len, RECEIPT_KEY_FOLDER, strlen(RECEIPT_KEY_FOLDER)) == 0;
}

int receipt_note_verify(const struct receipt_note *r, const struct note_key *keys, size_t count, note_judge *judge, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_key_of(r, &keys[i]) || strcmp(keys[i].name, r->line.name) != 0 || memcmp(keys[i].id, r->line.id, sizeof keys[i].id) != 0)
            continue;
        if (r->line.blob.len == NOTE_SIGNATURE && judge(keys[i].public_key, r->body.data, r->body.len, r->line.blob.data))
            return 0;
        return err_raise(e, ERR_DOSSIER_REFUSED, "receipt", NULL, "the signature of %s does not hold", keys[i].name);
    }
    return err_raise(e, ERR_DOSSIER_REFUSED, "receipt", NULL, "signed by %.100s, which is no known receipt key of %s", r->line.name, r->origin);
}
