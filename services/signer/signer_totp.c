/* One-time codes as a second factor. The TOTP key lies as it came: sealed to this process for that person, so that the key
 * store alone opens nothing. Of a code's step no other is taken at or before it, and that is on the disk first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/seal.h"
#include "crypto/totp.h"
#include "file/file.h"
#include "signer_inner.h"

#define FILE_MAX 4096

static const char *path_of(const struct signer *s, struct arena *a, const char *person_id)
{
    return arena_printf(a, "%s/%s.totp", s->options->keys, person_id);
}

/* what the key is sealed for */
static struct bytes about(struct arena *a, const char *person_id)
{
    const char *text = arena_printf(a, "stemma-totp/1 %s", person_id);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static int save(struct signer *s, struct arena *a, const char *person_id, struct bytes sealed, int64_t step, struct err *e)
{
    const char *text = arena_printf(a, "totp %" PRId64 " %s\n", step, base64_of(a, sealed.data, sealed.len));
    return file_replace(path_of(s, a, person_id), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}

static int load(struct signer *s, struct arena *a, const char *person_id, struct bytes *ret_sealed, int64_t *ret_step, struct err *e)
{
    struct bytes file;
    int begin = 0;
    int code = file_read(a, path_of(s, a, person_id), FILE_MAX, &file, e);
    if (code != 0)
        return code;
    const char *text = (const char *)file.data;
    if (sscanf(text, "totp %" SCNd64 " %n", ret_step, &begin) != 1 || begin == 0 || (size_t)begin >= file.len ||
        file.data[file.len - 1] != '\n' ||
        !base64_to(a, text + begin, file.len - (size_t)begin - 1, ret_sealed))
        return err_fault(e, "the file of codes of %s is damaged", person_id);
    return 0;
}

/* is ${code} good by the key in ${sealed}? Its step then. */
static int judge(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed, const char *code,
                 int64_t *ret_step, struct err *e)
{
    uint8_t key[SEAL_PLAIN_MAX];
    size_t len = 0;
    int rc = seal_open(s->sealing, about(a, q->person_id), sealed, key, &len, e);
    if (rc == 0 && len != TOTP_KEY_LEN)
        rc = err_raise(e, ERR_FIELD_RANGE, "totp_sealed", "R01", "a TOTP key has %d bytes", TOTP_KEY_LEN);
    if (rc == 0 && !totp_find(key, len, code, q->now_ms, ret_step))
        rc = err_raise(e, ERR_SECRET_WRONG, NULL, NULL, "the secret or the code is wrong");
    explicit_bzero(key, sizeof key);
    return rc;
}

int totp_check(struct signer *s, struct arena *a, const struct signer_request *q, const char *code, struct err *e)
{
    struct bytes sealed;
    int64_t last = 0, step = 0;
    int rc = load(s, a, q->person_id, &sealed, &last, e);
    if (rc == ERR_NOT_FOUND)
        return err_raise(e, ERR_CODE_MISSING, "code", "R01", "no one-time codes are set up for %s", q->person_id);
    if (rc == 0)
        rc = judge(s, a, q, sealed, code, &step, e);
    if (rc == 0 && step <= last)
        rc = err_raise(e, ERR_SECRET_WRONG, NULL, NULL, "the secret or the code is wrong");   /* used: RFC 6238 §5.2 */
    return rc != 0 ? rc : save(s, a, q->person_id, sealed, step, e);
}

int totp_find_key(struct signer *s, struct arena *a, const char *person_id, bool *ret_found, struct err *e)
{
    struct bytes sealed;
    int64_t step;
    int code = load(s, a, person_id, &sealed, &step, e);
    *ret_found = code == 0;
    return code == ERR_NOT_FOUND ? 0 : code;
}

/* the code behind the secret proves that the device has the key */
static int set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_secret,
               struct bytes sealed_key, struct err *e)
{
    CLEANUP(opened_done) struct opened o = {0};
    uint8_t plain[SEAL_PLAIN_MAX];
    char code[16] = "";
    size_t len = 0;
    int64_t step = 0;
    struct bytes before;
    int rc = load(s, a, q->person_id, &before, &step, e);
    if (rc != ERR_NOT_FOUND)
        return rc != 0 ? rc : err_raise(e, ERR_EXISTS, "person_id", "R01", "codes are set up; a lost device needs a renewed key");
    struct webauthn_credential credential;
    bool has_authenticator;
    rc = authenticator_find(s, a, q->person_id, &credential, &has_authenticator, e);
    if (rc != 0 || has_authenticator)
        return rc != 0 ? rc : err_raise(e, ERR_EXISTS, "person_id", "R01", "an authenticator is registered: no codes are asked for");
    rc = seal_open(s->sealing, about(a, q->person_id), sealed_secret, plain, &len, e);
    struct bytes secret = {plain, len};
    if (rc == 0)
        rule_split(&secret, code, sizeof code);
    explicit_bzero(plain, sizeof plain);
    if (rc == 0)
        rc = signer_open_key(s, a, q, &(struct given){.text = about(a, q->person_id), .sealed = sealed_secret}, &o, e);
    if (rc == 0)
        rc = judge(s, a, q, sealed_key, code, &step, e);
    explicit_bzero(code, sizeof code);
    return rc != 0 ? rc : save(s, a, q->person_id, sealed_key, step, e);
}

int signer_totp_set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_secret,
                    struct bytes sealed_key, struct err *e)
{
    int code = rule_person(q->person_id, e);
    if (code != 0)
        return code;
    return signer_note(s, a, q, "totp_set", about(a, q->person_id), set(s, a, q, sealed_secret, sealed_key, e), e);
}
