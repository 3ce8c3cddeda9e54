#include "receipt_key.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/keys.h"
#include "file/file.h"
#include "ledger/note.h"
#include "ledger/receipt_note.h"

static int make_key_file(struct arena *a, const char *path, struct err *e)
{
    CLEANUP(key_done) struct key *key = NULL;
    int code = key_new(KEY_ED25519, &key, e);
    const char *pem = code == 0 ? key_to_pem(a, key, e) : NULL;
    return pem == NULL ? ERR_FAULT : file_create(path, (struct bytes){(const uint8_t *)pem, strlen(pem)}, 0600, e);
}

int receipt_key_make(struct arena *a, const char *path, const char *origin, const char *service, struct err *e)
{
    CLEANUP(key_done) struct key *key = NULL;
    struct bytes pem;
    uint8_t public[NOTE_PUBLIC_LEN];
    int code = access(path, F_OK) == 0 ? 0 : make_key_file(a, path, e);
    if (code == 0)
        code = file_read(a, path, 4096, &pem, e);
    if (code == 0)
        code = key_from_pem(pem, &key, e);
    if (code == 0 && !key_note_public(key, public))
        code = err_fault(e, "%s is no Ed25519 key", path);
    if (code != 0)
        return code;
    struct note_key vkey = note_key_make(a, receipt_note_key_name(a, origin, service), NOTE_KEY_ED25519, public);
    printf("%s\n", note_vkey_text(a, &vkey));
    return 0;
}
