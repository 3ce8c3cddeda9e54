#include "signer_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* What lay at ${fd} is overwritten; a medium that keeps old blocks may hold a copy still, locked under the secret. */
static int overwrite(int fd, struct err *e)
{
    static const uint8_t zeros[FILE_MAX];
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size > FILE_MAX || pwrite(fd, zeros, (size_t)st.st_size, 0) != st.st_size || fsync(fd) != 0)
        return err_fault(e, "a key could not be overwritten");
    return 0;
}

int store_replace(struct arena *a, const char *folder, const char *person_id, struct bytes locked,
                  const struct certificate *certificate, struct err *e)
{
    const char *path = path_of(a, folder, person_id, ".key");
    int before = open(path, O_WRONLY | O_CLOEXEC);
    int code = file_replace(path, file_of(a, locked, certificate), 0600, e);
    if (code == 0 && before >= 0)
        code = overwrite(before, e);
    if (before >= 0)
        close(before);
    return code;
}

int store_destroy(struct arena *a, const char *folder, const char *person_id, struct err *e)
{
    const char *path = path_of(a, folder, person_id, ".key");
    int before = open(path, O_WRONLY | O_CLOEXEC);
    int code = before >= 0 ? overwrite(before, e) : 0;
    if (before >= 0)
        close(before);
    static const char *const beside[] = {".key", ".failures", ".totp", ".webauthn"};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0] && code == 0; i++)
        code = file_remove(path_of(a, folder, person_id, beside[i]), e);
    return code;
}

int store_order(struct arena *a, const char *folder, const char *person_id, struct last_order *ret, struct err *e)
{
    struct bytes file;
    char at[CLOCK_TEXT] = "";
    *ret = (struct last_order){.at_ms = TIME_ABSENT};
    int code = file_read(a, path_of(a, folder, person_id, ".order"), 200, &file, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code == 0 && (sscanf((const char *)file.data, "order %64[0-9a-f] %24s", ret->sha256, at) != 2 ||
                      !clock_from_text(at, strlen(at), &ret->at_ms)))
        code = err_fault(e, "the file of the last order about %s is damaged", person_id);
    return code;
}

int store_order_set(struct arena *a, const char *folder, const char *person_id, const struct last_order *order, struct err *e)
{
    char at[CLOCK_TEXT];
    clock_to_text(order->at_ms, at);
    const char *text = arena_printf(a, "order %s %s\n", order->sha256, at);
    return file_replace(path_of(a, folder, person_id, ".order"), (struct bytes){(const uint8_t *)text, strlen(text)}, 0600, e);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct ids {
    const char **at;
    size_t count, size;
};

static void add_id(struct arena *a, struct ids *ids, const char *id)
{
    if (ids->count == ids->size) {
        const char **more = ARENA_ARRAY(a, const char *, 2 * ids->size + 64);
        if (ids->count > 0)
            memcpy(more, ids->at, ids->count * sizeof *more);
        ids->at = more;
        ids->size = 2 * ids->size + 64;
    }
    ids->at[ids->count++] = id;
}

/* whose files end in one of ${suffixes} (NULL behind the last): each once, ascending */
static int list_ids(struct arena *a, const char *folder, const char *const *suffixes, const char ***ret, size_t *ret_count, struct err *e)
{
    DIR *dir = opendir(folder);
    struct ids all = {0};
    size_t n = 0;
    if (dir == NULL)
        return err_fault(e, "cannot read the key store");
    for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
        const char *dot = strrchr(d->d_name, '.');
        size_t i = 0;
        while (dot != NULL && suffixes[i] != NULL && strcmp(dot, suffixes[i]) != 0)
            i++;
        if (dot != NULL && suffixes[i] != NULL)
            add_id(a, &all, arena_dup(a, d->d_name, (size_t)(dot - d->d_name)));
    }
    closedir(dir);
    if (all.count > 0)
        qsort(all.at, all.count, sizeof *all.at, by_id);
    for (size_t i = 0; i < all.count; i++)
        if (n == 0 || strcmp(all.at[i], all.at[n - 1]) != 0)
            all.at[n++] = all.at[i];
    *ret = all.at;
    *ret_count = n;
    return 0;
}

int store_people(struct arena *a, const char *folder, const char ***ret, size_t *ret_count, struct err *e)
{
    static const char *const suffixes[] = {".key", ".order", NULL};
    return list_ids(a, folder, suffixes, ret, ret_count, e);
}

int store_failed(struct arena *a, const char *folder, const char ***ret, size_t *ret_count, struct err *e)
{
    static const char *const suffixes[] = {".failures", NULL};
    return list_ids(a, folder, suffixes, ret, ret_count, e);
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
