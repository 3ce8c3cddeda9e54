#include "dossier/trust.h"

#include <string.h>

#include "crypto/cms.h"
#include "crypto/keys.h"

static int read_witnesses(struct arena *a, const char *text, struct trust *ret, struct err *e)
{
    struct note_key *key = ARENA_ARRAY(a, struct note_key, NOTE_LINES_MAX);
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        if (len > 0) {
            if (ret->witness_count == NOTE_LINES_MAX)
                return err_raise(e, ERR_DOSSIER_REFUSED, "witnesses.txt", NULL, "more than %d witnesses", NOTE_LINES_MAX);
            int rc = note_vkey_parse(a, at, len, &key[ret->witness_count++], e);
            if (rc != 0)
                return rc;
        }
        at += len + (at[len] == '\n');
    }
    ret->witness = key;
    return 0;
}

/* The roots are tried now, so that a wrong trust folder is told from a wrong dossier. */
static int try_lab_root(const char *pem, struct err *e)
{
    struct cms_trust *t = cms_trust_new(pem, e);
    if (t == NULL)
        return e->code != 0 ? e->code : ERR_SIGNATURE_REFUSED;
    cms_trust_free(t);
    return 0;
}

int trust_open(struct arena *a, const struct trust_files *files, struct trust *ret, struct err *e)
{
    *ret = (struct trust){.lab_root = files->lab_root};
    struct bytes log_key = {(const uint8_t *)files->log_key, strlen(files->log_key)};
    int rc = try_lab_root(files->lab_root, e);
    if (rc == 0)
        rc = key_note_public_from_pem(log_key, ret->log_key, e);
    if (rc == 0)
        rc = read_witnesses(a, files->witnesses, ret, e);
    if (rc != 0)
        return rc;
    ret->tsa = tsp_trust_new(files->tsa_root, e);
    return ret->tsa != NULL ? 0 : e->code;
}

void trust_close(struct trust *t)
{
    t->tsa = tsp_trust_free(t->tsa);
}
