#include "dossier/trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "file/file.h"

#define RECEIPT_KEYS_MAX 1024    /* a service's key at each change of keys, the former ones stay */
#define TEXT_MAX 1000000         /* bytes of a file in a trust folder */
#define HELD_FIRST 1024          /* places at first: a page touched costs as much as a hash */
#define HELD_SIZE 65536          /* places at most; both powers of two, half of them are used */

static int read_keys(struct arena *a, const char *name, size_t most, const char *text, const struct note_key **ret_key, size_t *ret_count, struct err *e)
{
    struct note_key *key = ARENA_ARRAY(a, struct note_key, most);
    size_t count = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "\n");
        if (len > 0) {
            if (count == most)
                return err_raise(e, ERR_DOSSIER_REFUSED, name, NULL, "more than %zu keys in %s", most, name);
            int rc = note_vkey_parse(a, at, len, &key[count++], e);
            if (rc != 0)
                return rc;
        }
        at += len + (at[len] == '\n');
    }
    *ret_key = key;
    *ret_count = count;
    return 0;
}

static void digest_crls(const struct bytes *crls, size_t count, uint8_t ret[DIGEST_LEN])
{
    struct digest *all = digest_new();
    for (size_t i = 0; i < count; i++) {
        uint8_t one[DIGEST_LEN];
        digest_sha256(crls[i].data, crls[i].len, one);
        digest_add(all, one, sizeof one);
    }
    digest_end(all, ret);
    digest_free(all);
}

int trust_with_crls(struct trust *t, const struct bytes *crls, size_t count, struct err *e)
{
    uint8_t hash[DIGEST_LEN];
    digest_crls(crls, count, hash);
    if (t->cms != NULL && memcmp(hash, t->crl_sha256, DIGEST_LEN) == 0)
        return 0;
    free(t->held);
    t->held = NULL;
    t->held_count = t->held_size = 0;
    if (t->cms == NULL && (t->cms = cms_trust_new(t->lab_root, e)) == NULL)
        return e->code != 0 ? e->code : ERR_SIGNATURE_REFUSED;
    int rc = cms_trust_set_crls(t->cms, crls, count, e);
    if (rc == 0)
        memcpy(t->crl_sha256, hash, DIGEST_LEN);
    return rc;
}

/* Where the hash is, or where it would go. No leaf hash is all zero but by breaking SHA-256. */
static size_t place_of(const struct trust *t, const uint8_t leaf[DIGEST_LEN])
{
    static const uint8_t empty[DIGEST_LEN];
    size_t at = ((size_t)leaf[0] << 8 | leaf[1]) & (t->held_size - 1);
    while (memcmp(t->held[at], empty, DIGEST_LEN) != 0 && memcmp(t->held[at], leaf, DIGEST_LEN) != 0)
        at = (at + 1) & (t->held_size - 1);
    return at;
}

bool trust_has_held(const struct trust *t, const uint8_t leaf[DIGEST_LEN])
{
    return t->held != NULL && memcmp(t->held[place_of(t, leaf)], leaf, DIGEST_LEN) == 0;
}

/* Twice the places, or the first ones. Without memory, or at the limit, things stay as they are: nothing more is held. */
static void grow(struct trust *t)
{
    static const uint8_t empty[DIGEST_LEN];
    struct trust more = *t;
    more.held_size = t->held_size > 0 ? 2 * t->held_size : HELD_FIRST;
    if (more.held_size > HELD_SIZE || (more.held = calloc(more.held_size, sizeof *more.held)) == NULL)
        return;
    for (size_t i = 0; i < t->held_size; i++)
        if (memcmp(t->held[i], empty, DIGEST_LEN) != 0)
            memcpy(more.held[place_of(&more, t->held[i])], t->held[i], DIGEST_LEN);
    free(t->held);
    *t = more;
}

void trust_hold(struct trust *t, const uint8_t leaf[DIGEST_LEN])
{
    if (t->held_count == t->held_size / 2)
        grow(t);
    if (t->held_count == t->held_size / 2 || trust_has_held(t, leaf))
        return;
    memcpy(t->held[place_of(t, leaf)], leaf, DIGEST_LEN);
    t->held_count++;
}

int trust_with_suites(struct trust *t, const char *text, struct err *e)
{
    return suites_read(text, &t->suites, e);
}

int trust_with_receipts(struct arena *a, struct trust *t, const char *text, struct err *e)
{
    return read_keys(a, "receipts.txt", RECEIPT_KEYS_MAX, text, &t->receipt, &t->receipt_count, e);
}

int trust_open(struct arena *a, const struct trust_files *files, struct trust *ret, struct err *e)
{
    *ret = (struct trust){.lab_root = files->lab_root, .as_of_ms = TIME_ABSENT};
    struct bytes log_key = {(const uint8_t *)files->log_key, strlen(files->log_key)};
    int rc = trust_with_crls(ret, NULL, 0, e);     /* a wrong folder is told from a wrong dossier */
    if (rc == 0)
        rc = key_note_public_from_pem(log_key, ret->log_key, e);
    if (rc == 0)
        rc = read_keys(a, "witnesses.txt", NOTE_LINES_MAX, files->witnesses, &ret->witness, &ret->witness_count, e);
    if (rc == 0)
        rc = trust_with_suites(ret, NULL, e);
    if (rc == 0) {
        ret->tsa = tsp_trust_new(files->tsa_root, e);
        rc = ret->tsa != NULL ? 0 : e->code;
    }
    if (rc != 0)
        trust_close(ret);
    return rc;
}

static int read_text(struct arena *a, const char *folder, const char *name, const char **ret, struct err *e)
{
    struct bytes file;
    int rc = file_read(a, arena_printf(a, "%s/%s", folder, name), TEXT_MAX, &file, e);
    *ret = rc == 0 ? (const char *)file.data : NULL;
    return rc;
}

/* suites.txt, where there is one, replaces the built-in list; without receipts.txt no receipt can be judged */
static int read_more(struct arena *a, const char *folder, struct trust *t, struct err *e)
{
    const char *text;
    int rc = read_text(a, folder, "suites.txt", &text, e);
    if (rc == 0)
        rc = trust_with_suites(t, text, e);
    if (rc != 0 && rc != ERR_NOT_FOUND)
        return rc;
    rc = read_text(a, folder, "receipts.txt", &text, e);
    return rc == 0 ? trust_with_receipts(a, t, text, e) : rc == ERR_NOT_FOUND ? 0 : rc;
}

int trust_read(struct arena *a, const char *folder, struct trust *ret, struct err *e)
{
    struct trust_files files;
    int rc = read_text(a, folder, "lab-root.pem", &files.lab_root, e);
    if (rc == 0)
        rc = read_text(a, folder, "tsa-root.pem", &files.tsa_root, e);
    if (rc == 0)
        rc = read_text(a, folder, "log.pub.pem", &files.log_key, e);
    if (rc == 0)
        rc = read_text(a, folder, "witnesses.txt", &files.witnesses, e);
    if (rc == 0)
        rc = trust_open(a, &files, ret, e);
    if (rc != 0)
        return rc;
    rc = read_more(a, folder, ret, e);
    if (rc != 0)
        trust_close(ret);
    return rc;
}

void trust_close(struct trust *t)
{
    t->tsa = tsp_trust_free(t->tsa);
    t->cms = cms_trust_free(t->cms);
    free(t->held);
    t->held = NULL;
}
