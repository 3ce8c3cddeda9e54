#include "service/settings.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

static const struct setting common[] = {
    {"name", SETTING_TEXT, offsetof(struct settings, name), NULL, "name of this instance, as in the log"},
    {"endpoint", SETTING_TEXT, offsetof(struct settings, endpoint), NULL, "where to listen, tcp://127.0.0.1:PORT"},
    {"database", SETTING_TEXT, offsetof(struct settings, database), "", "libpq conninfo; secrets only by passfile"},
    {"curve_secret", SETTING_PATH, offsetof(struct settings, curve_secret), NULL, "the service's CURVE key file"},
    {"curve_public", SETTING_PATH, offsetof(struct settings, curve_public), NULL, "folder of the peers' public keys"},
    {"origin", SETTING_TEXT, offsetof(struct settings, origin), NULL, "origin of the log (format.md)"},
    {"lab_root", SETTING_PATH, offsetof(struct settings, lab_root), "", "the lab's root certificate, PEM"},
    {"crl", SETTING_PATH, offsetof(struct settings, crl), "", "folder of certificate revocation lists"},
    {"receipt_key", SETTING_PATH, offsetof(struct settings, receipt_key), "", "Ed25519 key, PEM, mode 0600, that signs receipts; none: unsigned"},
    {"group_max", SETTING_INTEGER, offsetof(struct settings, group_max), "64", "verbs in one commit, at most"},
    {"clock_warn_ms", SETTING_INTEGER, offsetof(struct settings, clock_warn_ms), "1000", "a clock so far off is said to be"},
    {"clock_refuse_ms", SETTING_INTEGER, offsetof(struct settings, clock_refuse_ms), "5000", "by a clock farther off nothing is recorded"},
    {"clock_error_max_ms", SETTING_INTEGER, offsetof(struct settings, clock_error_max_ms), "0",
     "nothing is recorded unless a time service keeps the machine's clock, by the kernel's word within so much; 0: it is not asked"},
    {"session_idle_s", SETTING_INTEGER, offsetof(struct settings, session_idle_s), "900", "a session idle so long ends"},
};

#define ROWS_MAX 64

struct reading {
    struct arena *arena;
    const struct setting *rows[ROWS_MAX];
    bool seen[ROWS_MAX];
    size_t count;
    char *config;
    const char *folder;
    struct err *e;
    int code;
};

const struct setting *settings_common(size_t *ret_count)
{
    *ret_count = sizeof common / sizeof common[0];
    return common;
}

static int set(struct reading *r, const struct setting *row, const char *value)
{
    void *at = r->config + row->offset;
    if (row->kind == SETTING_INTEGER) {
        char *end;
        errno = 0;
        long long n = strtoll(value, &end, 10);
        if (*value == '\0' || *end != '\0' || errno != 0)
            return err_fault(r->e, "setting %s: %s is no whole number", row->name, value);
        *(int64_t *)at = n;
        return 0;
    }
    if (row->kind == SETTING_PATH && value[0] != '/' && value[0] != '\0')
        *(const char **)at = arena_printf(r->arena, "%s/%s", r->folder, value);
    else
        *(const char **)at = arena_text(r->arena, value);
    return 0;
}

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    (void)section;
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->rows[i]->name, name) == 0) {
            r->seen[i] = true;
            r->code = set(r, r->rows[i], value);
            return r->code == 0;
        }
    r->code = err_fault(r->e, "there is no setting %s", name);
    return 0;
}

static int add_rows(struct reading *r, const struct setting *rows, size_t count)
{
    if (r->count + count > ROWS_MAX)
        return err_fault(r->e, "more than %d settings", ROWS_MAX);
    for (size_t i = 0; i < count; i++)
        r->rows[r->count++] = &rows[i];
    return 0;
}

int settings_read(struct arena *a, const char *path, const struct setting *rows, size_t count, void *config,
                  struct err *e)
{
    struct reading r = {.arena = a, .config = config, .e = e};
    const char *slash = strrchr(path, '/');
    r.folder = slash == NULL ? "." : arena_dup(a, path, (size_t)(slash - path));
    int code = add_rows(&r, common, sizeof common / sizeof common[0]);
    if (code == 0)
        code = add_rows(&r, rows, count);
    if (code != 0)
        return code;
    int line = ini_parse(path, on_line, &r);
    if (line != 0 && r.code != 0)
        return r.code;
    if (line != 0)
        return err_fault(e, line < 0 ? "cannot read %s" : "%s, line %d: not `name = value`", path, line);
    for (size_t i = 0; i < r.count; i++) {
        if (r.seen[i])
            continue;
        if (r.rows[i]->standard == NULL)
            return err_fault(e, "%s: setting %s is missing (%s)", path, r.rows[i]->name, r.rows[i]->doc);
        code = set(&r, r.rows[i], r.rows[i]->standard);
        if (code != 0)
            return code;
    }
    return 0;
}
