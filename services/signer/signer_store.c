#include "signer_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "file/file.h"

#define FILE_MAX 16384

void stored_done(struct stored *s)
{
    certificate_done(&s->certificate);
}

static const char *path_of(struct arena *a, const char *folder, const char *person_id, const char *suffix)
{
    return arena_printf(a, "%s/%s%s", folder, person_id, suffix);
}

int store_load(struct arena *a, const char *folder, const char *person_id, struct stored *ret, struct err *e)
{
    static const char mark[] = "-----BEGIN CERTIFICATE-----";
    struct bytes file;
    int code = file_read(a, path_of(a, folder, person_id, ".key"), FILE_MAX, &file, e);
    if (code == ERR_NOT_FOUND)
        return err_raise(e, ERR_NOT_FOUND, "person_id", NULL, "%s has no key", person_id);
    if (code != 0)
        return code;
    const uint8_t *at = memmem(file.data, file.len, mark, sizeof mark - 1);
    size_t locked = at != NULL ? (size_t)(at - file.data) : 0;
    if (at == NULL || certificate_from_pem((struct bytes){at, file.len - locked}, &ret->certificate, e) != 0)
        return err_fault(e, "the key file of %s is damaged", person_id);
    ret->locked = (struct bytes){file.data, locked};
    return 0;
}

static struct bytes file_of(struct arena *a, struct bytes locked, const struct certificate *certificate)
{
    struct buf b = buf_new(a);
    buf_add(&b, locked.data, locked.len);
    buf_put(&b, certificate_to_pem(a, certificate));
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

int store_create(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                 const struct certificate *certificate, struct err *e)
{
    int code = file_create(path_of(a, folder, person_id, ".key"), file_of(a, locked, certificate), 0600, e);
    return code == ERR_EXISTS ? err_raise(e, ERR_EXISTS, "person_id", NULL, "%s has a key already", person_id) : code;
}

int store_replace(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                  const struct certificate *certificate, struct err *e)
{
    return file_replace(path_of(a, folder, person_id, ".key"), file_of(a, locked, certificate), 0600, e);
}

int store_tries(struct arena *a, const char *folder, const char *person_id, struct tries *ret, struct err *e)
{
    struct bytes file;
    *ret = (struct tries){0, 0};
    int code = file_read(a, path_of(a, folder, person_id, ".failures"), 200, &file, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code != 0)
        return code;
    char at[CLOCK_TEXT] = "";
    if (sscanf((const char *)file.data, "failures %" SCNd64 " %24s", &ret->failures, at) != 2 ||
        !clock_from_text(at, strlen(at), &ret->last_ms))
        return err_fault(e, "the file of failures of %s is damaged", person_id);
    return 0;
}

int store_tries_set(struct arena *a, const char *folder, const char *person_id, const struct tries *tries, struct err *e)
{
    const char *path = path_of(a, folder, person_id, ".failures");
    if (tries->failures == 0)
        return file_remove(path, e);
    char at[CLOCK_TEXT];
    clock_to_text(tries->last_ms, at);
    const char *text = arena_printf(a, "failures %" PRId64 " %s\n", tries->failures, at);
    return file_replace(path, (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}
