#include "ledger/note.h"

#include <string.h>

#include "crypto/digest.h"
#include "ledger/line.h"
#include "ledger/stream.h"

#define DASH "\xe2\x80\x94 "       /* em dash and a space begin a signature line */

struct note_key note_key_make(struct arena *a, const char *name, uint8_t type, const uint8_t public_key[NOTE_PUBLIC])
{
    struct note_key key = {.name = arena_text(a, name), .type = type};
    uint8_t hash[DIGEST_LEN];
    struct buf b = buf_new(a);
    buf_printf(&b, "%s\n%c", name, type);
    buf_add(&b, public_key, NOTE_PUBLIC);
    digest_sha256(b.text, b.len, hash);
    memcpy(key.id, hash, sizeof key.id);
    memcpy(key.public_key, public_key, NOTE_PUBLIC);
    return key;
}

char *note_vkey_text(struct arena *a, const struct note_key *key)
{
    uint8_t blob[1 + NOTE_PUBLIC];
    blob[0] = key->type;
    memcpy(blob + 1, key->public_key, NOTE_PUBLIC);
    return arena_printf(a, "%s+%s+%s", key->name, hex_text(a, key->id, sizeof key->id),
                        base64_of(a, blob, sizeof blob));
}

static bool name_is_valid(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '+')
            return false;
    return len > 0;
}

int note_vkey_parse(struct arena *a, const char *text, size_t len, struct note_key *ret, struct err *e)
{
    const char *end = text + len, *first = memchr(text, '+', len);
    const char *second = first != NULL ? memchr(first + 1, '+', (size_t)(end - first - 1)) : NULL;
    uint8_t id[4];
    struct bytes blob;
    if (second == NULL || !name_is_valid(text, (size_t)(first - text)) || second - first != 9 ||
        !hex_to(first + 1, 8, id) || !base64_to(a, second + 1, (size_t)(end - second - 1), &blob) ||
        blob.len != 1 + NOTE_PUBLIC)
        return err_raise(e, ERR_DOSSIER_REFUSED, "vkey", NULL, "not a verifier key (name+id+key)");
    *ret = note_key_make(a, arena_dup(a, text, (size_t)(first - text)), blob.data[0], blob.data + 1);
    if (ret->type != NOTE_KEY_ED25519 && ret->type != NOTE_KEY_COSIGNATURE)
        return err_raise(e, ERR_DOSSIER_REFUSED, "vkey", NULL, "a verifier key of unknown type %u", ret->type);
    if (memcmp(ret->id, id, sizeof id) != 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "vkey", NULL, "the key id of %s is not its key's", ret->name);
    return 0;
}

struct bytes note_body(struct arena *a, const char *origin, uint64_t size, const uint8_t root[DIGEST_LEN])
{
    struct buf b = buf_new(a);
    buf_printf(&b, "%s\n%llu\n%s\n", origin, (unsigned long long)size, base64_of(a, root, DIGEST_LEN));
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static char *line_text(struct arena *a, const struct note_key *key, const void *blob, size_t len)
{
    struct buf b = buf_new(a);
    buf_add(&b, key->id, sizeof key->id);
    buf_add(&b, blob, len);
    return arena_printf(a, DASH "%s %s\n", key->name, base64_of(a, b.text, b.len));
}

char *note_line_text(struct arena *a, const struct note_key *key, const uint8_t sig[NOTE_SIGNATURE])
{
    return line_text(a, key, sig, NOTE_SIGNATURE);
}

struct bytes note_text(struct arena *a, struct bytes body, const char *lines)
{
    struct buf b = buf_new(a);
    buf_add(&b, body.data, body.len);
    buf_char(&b, '\n');
    buf_put(&b, lines);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

static bool read_body(struct arena *a, struct line_reader *r, struct checkpoint *ret)
{
    struct bytes origin, root, hash;
    const char *from = r->at;
    int64_t size;
    if (!line_word(r, &origin) || !stream_origin_is_valid((const char *)origin.data, origin.len) || !line_end(r) ||
        !line_number(r, &size) || !line_end(r) || !line_word(r, &root) || !line_end(r) ||
        !base64_to(a, (const char *)root.data, root.len, &hash) || hash.len != DIGEST_LEN)
        return false;
    ret->origin = arena_dup(a, origin.data, origin.len);
    ret->size = (uint64_t)size;
    memcpy(ret->root, hash.data, DIGEST_LEN);
    ret->body = (struct bytes){(const uint8_t *)from, (size_t)(r->at - from)};
    return true;
}

bool note_line_read(struct arena *a, struct line_reader *r, struct note_line *ret)
{
    struct bytes name, text, blob;
    if (!line_take(r, DASH) || !line_word(r, &name) || !name_is_valid((const char *)name.data, name.len) ||
        !line_take(r, " ") || !line_word(r, &text) || !line_end(r) ||
        !base64_to(a, (const char *)text.data, text.len, &blob) || blob.len <= sizeof ret->id)
        return false;
    ret->name = arena_dup(a, name.data, name.len);
    memcpy(ret->id, blob.data, sizeof ret->id);
    ret->blob = (struct bytes){blob.data + sizeof ret->id, blob.len - sizeof ret->id};
    return true;
}

int cosignatures_parse(struct arena *a, const char *text, size_t len, struct checkpoint *ret, struct err *e)
{
    struct line_reader r = line_reader_of(text, len);
    struct note_line *line = ARENA_ARRAY(a, struct note_line, NOTE_LINES_MAX);
    *ret = (struct checkpoint){.line = line};
    if (!read_body(a, &r, ret))
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "not three lines: origin, size, root");
    if (!line_end(&r))
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "no empty line behind the three lines");
    while (!line_at_end(&r)) {
        if (ret->line_count == NOTE_LINES_MAX || !note_line_read(a, &r, &line[ret->line_count]))
            return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "line %zu is not a signature line", r.line);
        ret->line_count++;
    }
    return 0;
}

int note_parse(struct arena *a, const char *text, size_t len, struct checkpoint *ret, struct err *e)
{
    int rc = cosignatures_parse(a, text, len, ret, e);
    if (rc == 0 && ret->line_count == 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "no signature line");
    return rc;
}

static const struct note_line *find_line(const struct checkpoint *c, const struct note_key *key, size_t blob)
{
    for (size_t i = 0; i < c->line_count; i++)
        if (strcmp(c->line[i].name, key->name) == 0 && memcmp(c->line[i].id, key->id, sizeof key->id) == 0)
            return c->line[i].blob.len == blob ? &c->line[i] : NULL;
    return NULL;
}

int note_verify(const struct checkpoint *c, const struct note_key *key, note_judge *judge, struct err *e)
{
    const struct note_line *line = find_line(c, key, NOTE_SIGNATURE);
    if (key->type != NOTE_KEY_ED25519 || strcmp(c->origin, key->name) != 0)
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "%s is not the key of the log %s", key->name,
                         c->origin);
    if (line == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "no signature line of %s with its key id", key->name);
    if (!judge(key->public_key, c->body.data, c->body.len, line->blob.data))
        return err_raise(e, ERR_DOSSIER_REFUSED, "checkpoint", NULL, "the signature of %s does not hold", key->name);
    return 0;
}

struct bytes cosignature_message(struct arena *a, struct bytes body, uint64_t time_s)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
    buf_add(&b, body.data, body.len);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

char *cosignature_line_text(struct arena *a, const struct note_key *key, uint64_t time_s,
                            const uint8_t sig[NOTE_SIGNATURE])
{
    uint8_t blob[8 + NOTE_SIGNATURE];
    for (unsigned i = 0; i < 8; i++)
        blob[i] = (uint8_t)(time_s >> (56 - 8 * i));
    memcpy(blob + 8, sig, NOTE_SIGNATURE);
    return line_text(a, key, blob, sizeof blob);
}

int cosignature_verify(struct arena *a, const struct checkpoint *c, const struct note_key *key, note_judge *judge,
                       uint64_t *ret_time_s, struct err *e)
{
    const struct note_line *line = find_line(c, key, 8 + NOTE_SIGNATURE);
    uint64_t time_s = 0;
    if (key->type != NOTE_KEY_COSIGNATURE || line == NULL)
        return err_raise(e, ERR_DOSSIER_REFUSED, "cosignatures", NULL, "no cosignature of %s", key->name);
    for (unsigned i = 0; i < 8; i++)
        time_s = time_s << 8 | line->blob.data[i];
    struct bytes message = cosignature_message(a, c->body, time_s);
    if (!judge(key->public_key, message.data, message.len, line->blob.data + 8))
        return err_raise(e, ERR_DOSSIER_REFUSED, "cosignatures", NULL, "the cosignature of %s does not hold", key->name);
    *ret_time_s = time_s;
    return 0;
}
