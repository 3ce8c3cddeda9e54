#include "audit_pki.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit_redact.h"
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

/* A list of revocations, to be chosen from. */
struct former {
    struct zip_member file;
    char issuer[128];
    int64_t since_ms;
};

/* What is enclosed, and the former lists of which some will be. */
struct pki {
    struct arena *a;
    const char *folder;
    bool redacted;
    struct zip_member *files;
    size_t count;
    struct former *former;
    size_t former_count;
};

static int take_former(struct pki *p, const char *name, struct err *e)
{
    if (p->former_count == ZIP_MEMBERS_MAX)
        return err_fault(e, "more than %d former lists in %s", ZIP_MEMBERS_MAX, p->folder);
    struct former *f = &p->former[p->former_count++];
    int code = take(p->a, p->folder, name, &f->file, e);
    f->file.name = arena_printf(p->a, "%.*s.crl", (int)(strlen(name) - strlen(CA_LIST_FORMER)), name);
    return code != 0 ? code : certificate_list_since(f->file.data, f->issuer, sizeof f->issuer, &f->since_ms, e) != 0
                              ? err_fault(e, "%s/%s is no list of revocations", p->folder, name) : 0;
}

static int take_one(struct pki *p, const char *name, struct err *e)
{
    if (ends_with(name, CA_LIST_FORMER))
        return take_former(p, name, e);
    if (!is_enclosed(name, p->redacted))
        return 0;
    return p->count == ZIP_MEMBERS_MAX ? err_fault(e, "more than %d files in %s", ZIP_MEMBERS_MAX, p->folder)
                                       : take(p->a, p->folder, name, &p->files[p->count++], e);
}

/* the present list of that issuer was there by then */
static bool is_there_by(const struct pki *p, const char *issuer, int64_t at_ms)
{
    char name[128];
    int64_t since_ms;
    struct err e;
    for (size_t i = 0; i < p->count; i++)
        if (ends_with(p->files[i].name, ".crl") && certificate_list_since(p->files[i].data, name, sizeof name, &since_ms, &e) == 0 &&
            strcmp(name, issuer) == 0 && since_ms <= at_ms)
            return true;
    return false;
}

static bool is_newest_by(const struct pki *p, const struct former *f, int64_t at_ms)
{
    for (size_t i = 0; i < p->former_count; i++) {
        const struct former *o = &p->former[i];
        if (o != f && o->since_ms <= at_ms && strcmp(o->issuer, f->issuer) == 0 &&
            (o->since_ms > f->since_ms || (o->since_ms == f->since_ms && strcmp(o->file.name, f->file.name) > 0)))
            return false;
    }
    return f->since_ms <= at_ms;
}

static int choose_former(struct pki *p, int64_t at_ms, struct err *e)
{
    for (size_t i = 0; i < p->former_count; i++) {
        const struct former *f = &p->former[i];
        if (!is_newest_by(p, f, at_ms) || is_there_by(p, f->issuer, at_ms))
            continue;
        if (p->count == ZIP_MEMBERS_MAX)
            return err_fault(e, "more than %d files in %s", ZIP_MEMBERS_MAX, p->folder);
        p->files[p->count++] = f->file;
    }
    return 0;
}

int audit_pki(struct arena *a, const char *folder, bool redacted, int64_t since_ms, const struct zip_member **ret, size_t *ret_count,
              struct err *e)
{
    struct pki p = {.a = a, .folder = folder, .redacted = redacted, .files = ARENA_ARRAY(a, struct zip_member, ZIP_MEMBERS_MAX),
                    .former = ARENA_ARRAY(a, struct former, ZIP_MEMBERS_MAX)};
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return err_fault(e, "cannot read the folder of certificates %s", folder);
    int code = 0;
    for (struct dirent *d = readdir(dir); d != NULL && code == 0; d = readdir(dir))
        code = take_one(&p, d->d_name, e);
    closedir(dir);
    if (code == 0)
        code = choose_former(&p, since_ms, e);
    qsort(p.files, p.count, sizeof *p.files, compare_members);
    *ret = p.files;
    *ret_count = p.count;
    return code;
}
