#include <string.h>

#include "audit_check_walk.h"
#include "file/file.h"

#define ANCHOR_MAX 65536

static int read_anchor(struct arena *a, const char *folder, const char *name, struct bytes *ret, struct err *e)
{
    const char *path = arena_printf(a, "%s/%s", folder, name);
    int code = file_read(a, path, ANCHOR_MAX, ret, e);
    return code > 0 ? err_fault(e, "%s is not there", path) : code;
}

static int read_witnesses(struct arena *a, const char *folder, struct anchors *ret, struct err *e)
{
    struct bytes text;
    int code = read_anchor(a, folder, "witnesses.txt", &text, e);
    const char *at = (const char *)text.data, *end = code == 0 ? at + text.len : at;
    while (code == 0 && at < end) {
        size_t len = strcspn(at, "\n");
        if (len > 0 && ret->witness_count == WITNESSES_MAX)
            return err_fault(e, "more than %d witnesses", WITNESSES_MAX);
        if (len > 0)
            code = note_vkey_parse(a, at, len, &ret->witness[ret->witness_count++], e);
        at += len + 1;
    }
    return code;
}

int anchors_read(struct check *k, struct anchors *ret, struct err *e)
{
    struct bytes pem;
    uint8_t key[NOTE_PUBLIC];
    const char *folder = k->trust->folder;
    *ret = (struct anchors){0};
    if (folder[0] == '\0') {
        audit_note_add(k->arena, k->report, "signatures of checkpoints, time-stamps and times: no folder `trust` is set");
        return 0;
    }
    int code = read_anchor(k->arena, folder, "log.pub.pem", &pem, e);
    if (code == 0)
        code = key_note_public_from_pem(pem, key, e);
    if (code == 0) {
        ret->log = note_key_make(k->arena, k->trust->origin, NOTE_KEY_ED25519, key);
        code = read_witnesses(k->arena, folder, ret, e);
    }
    if (code == 0)
        code = read_anchor(k->arena, folder, "tsa-root.pem", &pem, e);
    if (code == 0 && (ret->tsa = tsp_trust_new((const char *)pem.data, e)) == NULL)
        code = err_fault(e, "tsa-root.pem is no root");
    ret->are_given = code == 0;
    return code;
}

void anchors_free(struct anchors *t)
{
    t->tsa = tsp_trust_free(t->tsa);
}

int anchors_judge(struct arena *a, const struct anchors *t, const struct checkpoint *c, const struct kept_note *kept, struct err *e)
{
    struct checkpoint cosigned;
    int64_t at_ms;
    uint64_t at_s;
    int code = note_verify(c, &t->log, key_note_verify, e);
    if (code == 0 && t->witness_count > 0)
        code = note_parse(a, (const char *)kept->cosignatures.data, kept->cosignatures.len, &cosigned, e);
    if (code == 0 && t->witness_count > 0 &&
        (cosigned.body.len != c->body.len || memcmp(cosigned.body.data, c->body.data, c->body.len) != 0))
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "cosignatures", "", "the witnesses cosigned another checkpoint");
    for (size_t i = 0; code == 0 && i < t->witness_count; i++)
        code = cosignature_verify(a, &cosigned, &t->witness[i], key_note_verify, &at_s, e);
    if (code == 0)
        code = tsp_verify(t->tsa, kept->note, kept->token, &at_ms, e);
    if (code == 0 && at_ms != kept->token_ms)
        code = err_raise(e, ERR_SIGNATURE_REFUSED, "token", "", "the column of the token's time differs from the token");
    return code;
}
