#include "audit_pki.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit_redact.h"
#include "base/clock.h"
#include "crypto/ca.h"
#include "file/file.h"

static int compare_members(const void *x, const void *y)
{
    return strcmp(((const struct zip_member *)x)->name, ((const struct zip_member *)y)->name);
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), n = strlen(end);
    return len > n && strcmp(name + len - n, end) == 0;
}

static bool is_enclosed(const char *name, bool redacted)
{
    return (ends_with(name, ".pem") || ends_with(name, ".crl")) && strcmp(name, "log.pub.pem") != 0 && !(redacted && audit_redact_file(name));
}

static int take(struct arena *a, const char *folder, const char *name, struct zip_member *ret, struct err *e)
{
    ret->name = arena_text(a, name);
    int code = file_read(a, arena_printf(a, "%s/%s", folder, name), AUDIT_PKI_FILE_MAX, &ret->data, e);
    return code > 0 ? err_fault(e, "%s/%s went away", folder, name) : code;
}

/* Of one issuer: the newest list that another one has replaced and that was there when the acts began. */
struct former {
    const char *name;
    char issuer[CERTIFICATE_ISSUER];
    int64_t since_ms;
};

/* What is enclosed, and the former lists of which some will be; one an issuer, however many there are in the folder. */
struct pki {
    struct arena *a;
    const char *folder;
    bool redacted;
    int64_t at_ms;
    struct zip_member *files;
    size_t count;
    struct former *former;
    size_t former_count, former_size;
};

static struct former *former_of(struct pki *p, const char *issuer)
{
    for (size_t i = 0; i < p->former_count; i++)
        if (strcmp(p->former[i].issuer, issuer) == 0)
            return &p->former[i];
    if (p->former_count == p->former_size) {
        struct former *more = ARENA_ARRAY(p->a, struct former, p->former_size = 2 * p->former_size + 8);
        if (p->former_count > 0)
            memcpy(more, p->former, p->former_count * sizeof *more);
        p->former = more;
    }
    struct former *new = &p->former[p->former_count++];
    *new = (struct former){.since_ms = TIME_ABSENT};
    memcpy(new->issuer, issuer, sizeof new->issuer);
    return new;
}

/* Read and let go: there is one more with each renewal of a list, for as long as the lab lasts. */
static int look_at_former(struct pki *p, const char *name, struct err *e)
{
    struct zip_member file;
    char issuer[CERTIFICATE_ISSUER];
    int64_t since_ms = TIME_ABSENT;
    struct arena *a = arena_new(0);
    int code = take(a, p->folder, name, &file, e);
    if (code == 0 && certificate_list_since(file.data, issuer, &since_ms, e) != 0)
        code = err_fault(e, "%s/%s is no list of revocations", p->folder, name);
    arena_free(a);
    if (code != 0 || since_ms > p->at_ms)
        return code;
    struct former *f = former_of(p, issuer);
    if (f->name == NULL || since_ms > f->since_ms || (since_ms == f->since_ms && strcmp(name, f->name) > 0)) {
        f->name = arena_text(p->a, name);
        f->since_ms = since_ms;
    }
    return 0;
}

static int add(struct pki *p, const char *name, struct err *e)
{
    return p->count == ZIP_MEMBERS_MAX ? err_fault(e, "more than %d files in %s", ZIP_MEMBERS_MAX, p->folder)
                                       : take(p->a, p->folder, name, &p->files[p->count++], e);
}

static int take_one(struct pki *p, const char *name, struct err *e)
{
    if (ends_with(name, CA_LIST_FORMER))
        return look_at_former(p, name, e);
    return is_enclosed(name, p->redacted) ? add(p, name, e) : 0;
}

/* the present list of that issuer was there by then */
static bool is_there_by(const struct pki *p, const char *issuer)
{
    char name[CERTIFICATE_ISSUER];
    int64_t since_ms;
    struct err e;
    for (size_t i = 0; i < p->count; i++)
        if (ends_with(p->files[i].name, ".crl") && certificate_list_since(p->files[i].data, name, &since_ms, &e) == 0 &&
            strcmp(name, issuer) == 0 && since_ms <= p->at_ms)
            return true;
    return false;
}

static int take_former(struct pki *p, struct err *e)
{
    int code = 0;
    for (size_t i = 0; i < p->former_count && code == 0; i++) {
        const char *name = p->former[i].name;
        if (is_there_by(p, p->former[i].issuer))
            continue;
        code = add(p, name, e);
        p->files[p->count - 1].name = arena_printf(p->a, "%.*s.crl", (int)(strlen(name) - strlen(CA_LIST_FORMER)), name);
    }
    return code;
}

int audit_pki(struct arena *a, const char *folder, bool redacted, int64_t since_ms, const struct zip_member **ret, size_t *ret_count,
              struct err *e)
{
    struct pki p = {.a = a, .folder = folder, .redacted = redacted, .at_ms = since_ms,
                    .files = ARENA_ARRAY(a, struct zip_member, ZIP_MEMBERS_MAX)};
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return err_fault(e, "cannot read the folder of certificates %s", folder);
    int code = 0;
    for (struct dirent *d = readdir(dir); d != NULL && code == 0; d = readdir(dir))
        code = take_one(&p, d->d_name, e);
    closedir(dir);
    if (code == 0)
        code = take_former(&p, e);
    qsort(p.files, p.count, sizeof *p.files, compare_members);
    *ret = p.files;
    *ret_count = p.count;
    return code;
}
