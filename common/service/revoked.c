#include "service/revoked.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "file/file.h"
#include "service/log.h"
#include "service/service.h"

#define LISTS_MAX 64
#define LIST_MAX (1024 * 1024)

static uint8_t seen[DIGEST_LEN];      /* what the folder looked like when it was loaded */
static int64_t looked_us;

static bool is_list(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && strcmp(name + len - 4, ".crl") == 0;
}

static int each(const char *folder, int (*visit)(const char *path, void *user, struct err *e), void *user, struct arena *a,
                struct err *e)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return err_fault(e, "cannot read the folder of CRLs %s", folder);
    int code = 0;
    for (struct dirent *d = readdir(dir); d != NULL && code == 0; d = readdir(dir))
        if (is_list(d->d_name))
            code = visit(arena_printf(a, "%s/%s", folder, d->d_name), user, e);
    closedir(dir);
    return code;
}

/* names, inodes, sizes and times: a list is replaced whole, so that another one is another inode. In any order: sums. */
static int look_at(const char *path, void *user, struct err *e)
{
    uint8_t *sum = user, one[DIGEST_LEN];
    struct stat st;
    (void)e;
    if (stat(path, &st) != 0)
        return 0;
    const int64_t facts[] = {(int64_t)st.st_ino, st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
    digest_sha256_two(path, strlen(path), facts, sizeof facts, one);
    for (size_t i = 0; i < DIGEST_LEN; i++)
        sum[i] = (uint8_t)(sum[i] ^ one[i]);
    return 0;
}

struct lists {
    struct arena *a;
    struct bytes text[LISTS_MAX];
    size_t count;
};

static int read_one(const char *path, void *user, struct err *e)
{
    struct lists *l = user;
    if (l->count == LISTS_MAX)
        return err_fault(e, "more than %d revocation lists", LISTS_MAX);
    return file_read(l->a, path, LIST_MAX, &l->text[l->count++], e);
}

int revoked_load(struct cms_trust *trust, const char *folder, struct err *e)
{
    if (folder[0] == '\0')
        return 0;
    struct lists l = {.a = arena_new(0)};
    uint8_t now[DIGEST_LEN] = {0};
    int code = each(folder, look_at, now, l.a, e);
    if (code == 0)
        code = each(folder, read_one, &l, l.a, e);
    if (code == 0)
        code = cms_trust_set_crls(trust, l.text, l.count, e);
    if (code == 0)
        memcpy(seen, now, sizeof seen);
    arena_free(l.a);
    return code;
}

void revoked_look(struct cms_trust *trust, const char *folder)
{
    uint8_t now[DIGEST_LEN] = {0};
    struct err e;
    if (trust == NULL || folder[0] == '\0' || clock_monotonic_us() - looked_us < REVOKED_LOOK_MS * 1000)
        return;
    looked_us = clock_monotonic_us();
    struct arena *a = arena_new(0);
    int code = each(folder, look_at, now, a, &e);
    arena_free(a);
    if (code == 0 && memcmp(now, seen, sizeof seen) == 0)
        return;
    if (code == 0)
        code = revoked_load(trust, folder, &e);
    if (code != 0)
        service_log("error", "revocation lists: %s; those read before still count", e.text);
    else
        service_log("info", "revocation lists read again");
}
