/* A WebAuthn authenticator as a second factor, in place of one-time codes. What lies here is public: the credential's id, its
 * key, the RP id and the counter of the last assertion, which is on the disk before anything is signed by it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file/file.h"
#include "signer_inner.h"

#define FILE_MAX 4096

static const char *path_of(const struct signer *s, struct arena *a, const char *person_id)
{
    return arena_printf(a, "%s/%s.webauthn", s->options->keys, person_id);
}

static int save(struct signer *s, struct arena *a, const char *person_id, const struct webauthn_credential *c, struct err *e)
{
    const char *text = arena_printf(a, "webauthn %" PRId64 " %s %s %s\n", c->counter, c->rp_id, base64_of(a, c->id.data, c->id.len),
                                    base64_of(a, c->public_key.data, c->public_key.len));
    return file_replace(path_of(s, a, person_id), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}

static int load(struct signer *s, struct arena *a, const char *person_id, struct webauthn_credential *ret, struct err *e)
{
    struct bytes file;
    char rp_id[254] = "", id[WEBAUTHN_ID_MAX * 4 / 3 + 5] = "", key[201] = "", feed = '\0';
    int code = file_read(a, path_of(s, a, person_id), FILE_MAX, &file, e);
    if (code != 0)
        return code;
    *ret = (struct webauthn_credential){.counter = 0};
    if (sscanf((const char *)file.data, "webauthn %" SCNd64 " %253s %1368s %200s%c", &ret->counter, rp_id, id, key, &feed) != 5 ||
        feed != '\n' || !base64_to(a, id, strlen(id), &ret->id) || !base64_to(a, key, strlen(key), &ret->public_key) ||
        webauthn_credential_check(ret, e) != 0)
        return err_fault(e, "the file of the authenticator of %s is damaged", person_id);
    ret->rp_id = arena_text(a, rp_id);
    return 0;
}

int authenticator_find(struct signer *s, struct arena *a, const char *person_id, struct webauthn_credential *ret, bool *ret_found,
                       struct err *e)
{
    *ret_found = false;
    if (s->options->site.rp_id[0] == '\0')
        return 0;                 /* the lab takes none: codes, as if there were none */
    int code = load(s, a, person_id, ret, e);
    *ret_found = code == 0;
    return code == ERR_NOT_FOUND ? 0 : code;
}

int authenticator_check(struct signer *s, struct arena *a, const struct signer_request *q, struct webauthn_credential *c,
                        struct bytes text, struct err *e)
{
    if (webauthn_verify(a, &s->options->site, c, text, q->assertion, &c->counter, e) != 0)
        return err_raise(e, ERR_SECRET_WRONG, NULL, NULL, "the secret or the authenticator's assertion is wrong");
    return save(s, a, q->person_id, c, e);
}

/* What the secret is sealed for and the new key signs: so nobody between can put another key in its place. */
static struct bytes about(struct arena *a, const char *person_id, const struct webauthn_credential *c)
{
    const char *text = arena_printf(a, "stemma-authenticator/1 %s %s %s", person_id, base64_of(a, c->id.data, c->id.len),
                                    base64_of(a, c->public_key.data, c->public_key.len));
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

/* the assertion by the new key shows that the device has it, at a page and an RP id that will serve later */
static int judge(struct signer *s, struct arena *a, const struct signer_request *q, struct webauthn_credential *c, struct err *e)
{
    int code = webauthn_credential_check(c, e);
    if (code != 0)
        return code;
    return q->assertion == NULL
               ? err_raise(e, ERR_FIELD_MISSING, "second_factor", "R01", "the new authenticator's own assertion is needed")
               : webauthn_verify(a, &s->options->site, c, about(a, q->person_id, c), q->assertion, &c->counter, e);
}

static int set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed, struct webauthn_credential *c,
               struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    struct webauthn_credential before;
    if (c->rp_id[0] == '\0')
        return err_raise(e, ERR_STATE_FORBIDS, NULL, "R01", "this lab takes no authenticators: its signer has no `rp_id`");
    int code = load(s, a, q->person_id, &before, e);
    if (code != ERR_NOT_FOUND)
        return code != 0 ? code : err_raise(e, ERR_EXISTS, "person_id", "R01", "there is an authenticator; a lost one needs a renewed key");
    code = judge(s, a, q, c, e);
    if (code == 0)
        code = signer_open_key(s, a, q, &(struct given){.text = about(a, q->person_id, c), .sealed = sealed, .replaces_codes = true}, &o, e);
    return code != 0 ? code : save(s, a, q->person_id, c, e);
}

int signer_authenticator_set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_secret,
                             const struct signer_authenticator *new, struct err *e)
{
    struct webauthn_credential c = {s->options->site.rp_id, new->id, new->public_key, 0};
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    return signer_note(s, a, q, "authenticator_set", about(a, q->person_id, &c), set(s, a, q, sealed_secret, &c, e), e);
}

int signer_authenticator_of(struct signer *s, struct arena *a, const char *person_id, struct signer_authenticator *ret, struct err *e)
{
    struct webauthn_credential c;
    bool found;
    *ret = (struct signer_authenticator){.rp_id = s->options->site.rp_id, .user_verified = s->options->site.user_verified};
    int code = rule_person(person_id, e);
    if (code == 0)
        code = authenticator_find(s, a, person_id, &c, &found, e);
    if (code == 0 && found) {
        ret->rp_id = c.rp_id;
        ret->id = c.id;
    }
    return code;
}
