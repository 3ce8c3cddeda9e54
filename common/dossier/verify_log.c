/* Rules 2, 3, 4: the checkpoint, its time-stamp, and the manifest over the dossier. */
#include "dossier/verify.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "dossier/manifest.h"

static const struct dossier_place nowhere = {NULL, -1};

static void check_checkpoint(struct verify *v)
{
    struct err e;
    if (note_parse(v->arena, (const char *)v->d.checkpoint.data, v->d.checkpoint.len, &v->checkpoint, &e) != 0) {
        verify_refused(v, nowhere, 2, &e);
        v->checkpoint = (struct checkpoint){.origin = ""};
        return;
    }
    struct note_key key = note_key_make(v->arena, v->checkpoint.origin, NOTE_KEY_ED25519, v->trust->log_key);
    if (v->checkpoint.line_count != 1)
        verify_fault(v, nowhere, 2, "the checkpoint has a line beside the log's signature");
    if (note_verify(&v->checkpoint, &key, key_note_verify, &e) != 0)
        verify_refused(v, nowhere, 2, &e);
    if (v->checkpoint.size != v->d.size)
        verify_fault(v, nowhere, 2, "dossier.txt names size %llu, the checkpoint %llu", (unsigned long long)v->d.size,
                     (unsigned long long)v->checkpoint.size);
}

static void check_cosignatures(struct verify *v)
{
    struct checkpoint c;
    struct err e;
    uint64_t time_s;
    if (cosignatures_parse(v->arena, (const char *)v->d.cosignatures.data, v->d.cosignatures.len, &c, &e) != 0) {
        verify_refused(v, nowhere, 2, &e);
        return;
    }
    if (c.body.len != v->checkpoint.body.len || memcmp(c.body.data, v->checkpoint.body.data, c.body.len) != 0)
        verify_fault(v, nowhere, 2, "the cosignatures are not for this checkpoint");
    for (size_t i = 0; i < v->trust->witness_count; i++)
        if (cosignature_verify(v->arena, &c, &v->trust->witness[i], key_note_verify, &time_s, &e) != 0)
            verify_refused(v, nowhere, 2, &e);
}

static void check_token(struct verify *v)
{
    struct err e;
    struct tsp_times times;
    if (tsp_verify_times(v->trust->tsa, v->d.checkpoint, v->d.token, &times, &e) != 0) {
        verify_refused(v, nowhere, 3, &e);
        v->verdict->time_ms = TIME_ABSENT;
        return;
    }
    v->verdict->time_ms = times.at_ms;
    if (verify_suite(v, nowhere, 3, SUITE_TOKEN, v->verdict->time_ms) &&
        verify_suite(v, nowhere, 3, SUITE_RECORD, v->verdict->time_ms))
        verify_as_of(v, suites_token_until(&v->trust->suites, times.ends_ms));
}

static void check_manifest(struct verify *v)
{
    struct bytes manifest = zip_find(v->zip, MANIFEST_NAME), signature = zip_find(v->zip, MANIFEST_SIGNATURE);
    struct cms_signer signer;
    struct err e;
    if (manifest_check(v->arena, v->zip, manifest, &e) != 0)
        verify_refused(v, nowhere, 4, &e);
    if (v->verdict->time_ms == TIME_ABSENT)      /* without a time nothing can be said about its certificate */
        return;
    if (cms_verify(v->trust->cms, manifest, signature, v->verdict->time_ms, &signer, &e) != 0)
        verify_fault(v, nowhere, 4, "the manifest: %s", e.text);
    else if (strcmp(signer.common_name, "audit") != 0 || signer.person_id[0] != '\0')
        verify_fault(v, nowhere, 4, "the manifest is signed by %s, not by audit", signer.common_name);
}

void verify_log(struct verify *v)
{
    check_checkpoint(v);
    check_cosignatures(v);
    check_token(v);
    check_manifest(v);
}
