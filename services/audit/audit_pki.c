#include "audit_pki.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "audit_redact.h"
#include "file/file.h"

static int compare_members(const void *x, const void *y)
{
    return strcmp(((const struct zip_member *)x)->name, ((const struct zip_member *)y)->name);
}

static bool is_enclosed(const char *name, bool redacted)
{
    size_t len = strlen(name);
    return len >= 5 && (strcmp(name + len - 4, ".pem") == 0 || strcmp(name + len - 4, ".crl") == 0) &&
           strcmp(name, "log.pub.pem") != 0 && !(redacted && audit_redact_file(name));
}

static int take(struct arena *a, const char *folder, const char *name, struct zip_member *ret, struct err *e)
{
    ret->name = arena_text(a, name);
    int code = file_read(a, arena_printf(a, "%s/%s", folder, name), AUDIT_PKI_FILE_MAX, &ret->data, e);
    return code > 0 ? err_fault(e, "%s/%s went away", folder, name) : code;
}

int audit_pki(struct arena *a, const char *folder, bool redacted, const struct zip_member **ret, size_t *ret_count,
              struct err *e)
{
    struct zip_member *files = ARENA_ARRAY(a, struct zip_member, ZIP_MEMBERS_MAX);
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return err_fault(e, "cannot read the folder of certificates %s", folder);
    int code = 0;
    for (struct dirent *d = readdir(dir); d != NULL && code == 0; d = readdir(dir))
        if (is_enclosed(d->d_name, redacted))
            code = count == ZIP_MEMBERS_MAX ? err_fault(e, "more than %d files in %s", ZIP_MEMBERS_MAX, folder)
                                            : take(a, folder, d->d_name, &files[count++], e);
    closedir(dir);
    qsort(files, count, sizeof *files, compare_members);
    *ret = files;
    *ret_count = count;
    return code;
}
