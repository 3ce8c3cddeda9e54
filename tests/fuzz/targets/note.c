/* Checkpoints, cosignatures, verifier keys, the body of log.heads: texts that come from outside. The first byte says which. */
#include "fuzz.h"

#include "crypto/keys.h"
#include "ledger/heads.h"
#include "ledger/note.h"

static void check_note(struct arena *a, struct bytes text, bool is_cosignatures)
{
    struct err e;
    struct checkpoint c;
    uint64_t time_s;
    static const uint8_t public[NOTE_PUBLIC] = {1};
    int code = is_cosignatures ? cosignatures_parse(a, (const char *)text.data, text.len, &c, &e)
                               : note_parse(a, (const char *)text.data, text.len, &c, &e);
    if (code != 0)
        return;
    MUST(c.body.len < text.len && fuzz_same(c.body, text.data, c.body.len));
    MUST(fuzz_same(note_body(a, c.origin, c.size, c.root), text.data, c.body.len));
    for (size_t i = 0; i < c.line_count; i++) {
        struct note_key key = note_key_make(a, c.line[i].name, NOTE_KEY_ED25519, public);
        memcpy(key.id, c.line[i].id, sizeof key.id);
        MUST(note_verify(&c, &key, key_note_verify, &e) != 0);
        key.type = NOTE_KEY_COSIGNATURE;
        MUST(cosignature_verify(a, &c, &key, key_note_verify, &time_s, &e) != 0);
    }
}

FUZZ(a, data, len)
{
    struct err e;
    struct note_key key;
    uint8_t root[DIGEST_LEN];
    uint64_t size, streams;
    if (len == 0)
        return;
    struct bytes text = {data + 1, len - 1};
    if (data[0] % 4 < 2)
        check_note(a, text, data[0] % 4 == 1);
    else if (data[0] % 4 == 2 && note_vkey_parse(a, (const char *)text.data, text.len, &key, &e) == 0)
        MUST(fuzz_same(text, note_vkey_text(a, &key), strlen(note_vkey_text(a, &key))));
    else if (data[0] % 4 == 3 && heads_body_parse(text, root, &size, &streams, &e) == 0) {
        struct bytes again = heads_body(a, root, size, streams);
        MUST(fuzz_same(again, text.data, text.len));
    }
}
