#include "recovery.h"

#include <string.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/note.h"
#include "sequencer_store.h"

#define FILE_MAX 65536

static struct arena *memory;
static struct bytes closed_note;
static struct checkpoint closed;

int recovery_read(struct err *e)
{
    struct bytes pem;
    uint8_t key[NOTE_PUBLIC];
    if (sequencer_config.recovers[0] == '\0')
        return 0;
    memory = arena_new(0);
    int r = file_read(memory, sequencer_config.recovers, FILE_MAX, &closed_note, e);
    if (r == 0)
        r = file_read(memory, sequencer_config.recovers_key, FILE_MAX, &pem, e);
    if (r == 0)
        r = key_note_public_from_pem(pem, key, e);
    if (r == 0)
        r = note_parse(memory, (const char *)closed_note.data, closed_note.len, &closed, e);
    if (r == 0) {
        const struct note_key log = note_key_make(memory, closed.origin, NOTE_KEY_ED25519, key);
        r = note_verify(&closed, &log, key_note_verify, e);
    }
    if (r == 0 && strcmp(closed.origin, sequencer_config.common.origin) == 0)
        r = err_fault(e, "recovers: a closed log is never gone on with under its own name, %s", closed.origin);
    return r;
}

int recovery_is_due(struct db *db, bool *ret, struct err *e)
{
    bool is_there = true;
    struct arena *a = arena_new(0);
    int r = closed_note.data == NULL ? 0 : store_recovered(db, a, &is_there, e);
    *ret = !is_there;
    arena_free(a);
    return r;
}

static int decide_recover(struct call *c, struct err *e)
{
    struct log_recovery *in = c->in;
    if (closed_note.data == NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "", "", "this log recovers no other (setting recovers)");
    if (c->head.seq >= 0)
        return err_raise(e, ERR_EXISTS, "stream", "", "the log's own stream has begun already");
    if (in->kept_size < 0 || (uint64_t)in->kept_size > closed.size)
        return err_raise(e, ERR_FIELD_RANGE, "kept_size", "", "of %llu signed entries", (unsigned long long)closed.size);
    in->closed_origin = closed.origin;
    in->closed_size = (int64_t)closed.size;
    in->closed_root = hex_text(c->arena, closed.root, DIGEST_LEN);
    in->lost = in->closed_size - in->kept_size;
    call_attach(c, "checkpoint", closed_note);
    return 0;
}

const struct handler sequencer_recover_verb = {.decide = decide_recover};
