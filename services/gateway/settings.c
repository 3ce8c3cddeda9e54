#include "gateway/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>


enum kind { TEXT, NAME, PATH, NUMBER };

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";

static const struct row {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *standard;        /* NULL: required */
    const char *doc;
} rows[] = {
#define ROW(kind, name, standard, doc) {#name, kind, offsetof(struct gateway_settings, name), standard, doc}
    ROW(TEXT, listen, "127.0.0.1:8443", "address and port"),
    ROW(TEXT, hosts, "", "host names served, apart by blanks; empty: any"),
    ROW(PATH, tls_certificate, NULL, "certificate chain, PEM"),
    ROW(PATH, tls_key, NULL, "its private key, PEM, mode 0600"),
    ROW(PATH, curve_secret, NULL, "the gateway's CURVE secret"),
    ROW(PATH, curve_public, NULL, "folder of public CURVE keys"),
    ROW(PATH, directory, NULL, "services and their endpoints"),
    ROW(TEXT, terminal, NULL, "the gateway's id as a terminal"),
    ROW(TEXT, announcements, "", "endpoint where the sequencer announces entries; empty: none"),
    ROW(NAME, time_zone, "UTC", "the lab's time zone for the pages, by its name in the IANA list"),
    ROW(NUMBER, body_max, "262144", "bytes of a request's body"),
    ROW(NUMBER, threads, "16", "requests at work at once; one that waits for a service keeps others of its thread waiting"),
    ROW(NUMBER, idle_s, "900", "seconds until an idle session ends"),
    ROW(NUMBER, patience_s, "60", "seconds that a connection may take to send a request whole"),
    ROW(NUMBER, rate_per_s, "50", "requests a second of one address; of the pages' files twenty times as many"),
    ROW(NUMBER, rate_burst, "200", "requests at once of one address; of the pages' files twenty times as many"),
    ROW(NUMBER, login_per_minute, "60", "login steps a minute of one address"),
    ROW(NUMBER, timeout_ms, "10000", "how long a service may take"),
#undef ROW
};
#define ROWS (sizeof rows / sizeof rows[0])

struct reading {
    struct arena *arena;
    const char *folder;
    struct gateway_settings *ret;
    bool seen[ROWS];
    bool bad_number;
};

static bool set(struct reading *r, const struct row *row, const char *value)
{
    void *slot = (char *)r->ret + row->offset;
    char *end;
    switch (row->kind) {
    case NUMBER:
        errno = 0;
        *(int64_t *)slot = strtoll(value, &end, 10);
        return errno == 0 && *value && *end == '\0' && *(int64_t *)slot > 0;
    case NAME:
        *(const char **)slot = arena_text(r->arena, value);
        return *value && value[strspn(value, name_letters)] == '\0' && strlen(value) < 64;
    case PATH:
        *(const char **)slot = value[0] == '/' ? arena_text(r->arena, value) : arena_printf(r->arena, "%s/%s", r->folder, value);
        return true;
    default:
        *(const char **)slot = arena_text(r->arena, value);
        return true;
    }
}

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    (void)section;
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            r->seen[i] = true;
            return set(r, &rows[i], value);
        }
    }
    return 0;
}

int gateway_settings_read(struct arena *a, const char *path, struct gateway_settings *ret, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct reading r = {.arena = a, .folder = slash ? arena_dup(a, path, (size_t)(slash - path)) : ".", .ret = ret};
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].standard)
            set(&r, &rows[i], rows[i].standard);
    int line = ini_parse(path, on_line, &r);
    if (line < 0)
        return err_fault(e, "cannot read the settings %s", path);
    if (line > 0)
        return err_fault(e, "%s, line %d: no such setting, or no such value", path, line);
    for (size_t i = 0; i < ROWS; i++)
        if (!rows[i].standard && !r.seen[i])
            return err_fault(e, "%s: %s is missing", path, rows[i].name);
    return 0;
}

void gateway_settings_doc(struct buf *b)
{
    buf_put(b, "| setting | default | |\n|---|---|---|\n");
    for (size_t i = 0; i < ROWS; i++)
        buf_printf(b, "| `%s` | %s | %s |\n", rows[i].name, !rows[i].standard ? "required" : rows[i].standard, rows[i].doc);
}
