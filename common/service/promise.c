#include "service/promise.h"

#include <string.h>
#include <sys/stat.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/receipt_note.h"
#include "service/log.h"

static struct arena *arena;
static struct key *secret;
static struct note_key public;
static const char *origin;

static int read_key(const char *path, struct err *e)
{
    struct stat st;
    struct bytes pem;
    if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
        return err_fault(e, "%s: others than its owner may read this key", path);
    int code = file_read(arena, path, 4096, &pem, e);
    if (code == 0) {
        code = key_from_pem(pem, &secret, e);
        explicit_bzero((void *)(uintptr_t)pem.data, pem.len);
    }
    return code == 0 ? 0 : err_fault(e, "cannot read the receipt key %s", path);
}

int promise_start(const struct service *service, struct err *e)
{
    uint8_t half[NOTE_PUBLIC_LEN];
    const char *path = service->config->receipt_key;
    if (path == NULL || path[0] == '\0')
        return 0;
    arena = arena_new(0);
    int code = read_key(path, e);
    if (code != 0)
        return code;
    if (!key_note_public(secret, half))
        return err_fault(e, "%s is no Ed25519 key", path);
    origin = arena_text(arena, service->config->origin);
    public = note_key_make(arena, receipt_note_key_name(arena, origin, service->name), NOTE_KEY_ED25519, half);
    return 0;
}

const char *promise_note(struct arena *a, const char *stream, int64_t seq, int64_t time_ms, const uint8_t leaf[DIGEST_LEN])
{
    struct err e;
    uint8_t signature[NOTE_SIGNATURE_LEN];
    if (secret == NULL)
        return NULL;
    struct receipt_note r = {.origin = origin, .stream = stream, .seq = seq, .time_ms = time_ms};
    memcpy(r.leaf, leaf, DIGEST_LEN);
    struct bytes body = receipt_note_body(a, &r);
    if (key_note_sign(secret, body, signature, &e) != 0) {
        service_log("error", "a receipt could not be signed: %s", e.text);
        return NULL;                  /* the entry is recorded all the same */
    }
    return (const char *)note_text(a, body, note_line_text(a, &public, signature)).data;
}

void promise_done(void)
{
    secret = key_free(secret);
    arena = arena_free(arena);
}
