#include "tsa.h"

#include <inttypes.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/file.h"

struct tsa {
    struct arena *arena;
    struct {
        struct certificate *certificate;
        struct key *key;
    } parts;
    struct tsp_authority authority;
    const char *serial_path;
    uint64_t serial;
};

struct reading {
    struct arena *arena;
    const char *folder;
    struct tsa_settings *ret;
};

static int on_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    (void)section;
    const struct {
        const char *name;
        const char **at;
        int is_path;
    } rows[] = {{"listen", &r->ret->listen, 0}, {"policy", &r->ret->policy, 0}, {"certificate", &r->ret->certificate, 1},
                {"key", &r->ret->key, 1},       {"serial", &r->ret->serial, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0) {
            *rows[i].at = rows[i].is_path && value[0] != '/' ? arena_printf(r->arena, "%s/%s", r->folder, value)
                                                             : arena_text(r->arena, value);
            return 1;
        }
    return 0;
}

int tsa_settings_read(struct arena *a, const char *path, struct tsa_settings *ret, struct err *e)
{
    const char *slash = strrchr(path, '/');
    struct reading r = {a, slash == NULL ? "." : arena_dup(a, path, (size_t)(slash - path)), ret};
    *ret = (struct tsa_settings){.policy = "1.3.6.1.4.1.99999.1"};
    int line = ini_parse(path, on_line, &r);
    if (line != 0)
        return err_fault(e, line < 0 ? "cannot read %s" : "%s, line %d: no setting of the authority", path, line);
    if (ret->listen == NULL || ret->certificate == NULL || ret->key == NULL || ret->serial == NULL)
        return err_fault(e, "%s: listen, certificate, key and serial are needed", path);
    return 0;
}

static int read_serial(struct tsa *t, struct err *e)
{
    struct bytes text;
    int code = file_read(t->arena, t->serial_path, 40, &text, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code == 0)
        t->serial = strtoull((const char *)text.data, NULL, 10);
    return code;
}

static int read_authority(struct tsa *t, const struct tsa_settings *s, struct err *e)
{
    struct bytes certificate, key;
    int code = file_read(t->arena, s->certificate, 20000, &certificate, e);
    if (code == 0)
        code = file_read(t->arena, s->key, 20000, &key, e);
    if (code == 0)
        code = certificate_from_pem(certificate, &t->parts.certificate, e);
    if (code == 0)
        code = key_from_pem(key, &t->parts.key, e);
    t->authority = (struct tsp_authority){t->parts.certificate, t->parts.key, s->policy, 100};
    return code;
}

int tsa_new(const struct tsa_settings *settings, struct tsa **ret, struct err *e)
{
    struct tsa *t = calloc(1, sizeof *t);
    if (t == NULL)
        abort();
    t->arena = arena_new(0);
    t->serial_path = settings->serial;
    int code = read_authority(t, settings, e);
    if (code == 0)
        code = read_serial(t, e);
    if (code != 0) {
        tsa_free(t);
        return code == ERR_NOT_FOUND ? err_fault(e, "the authority's certificate or key is missing") : code;
    }
    *ret = t;
    return 0;
}

struct tsa *tsa_free(struct tsa *t)
{
    if (t == NULL)
        return NULL;
    certificate_free(t->parts.certificate);
    key_free(t->parts.key);
    arena_free(t->arena);
    free(t);
    return NULL;
}

int tsa_answer(struct tsa *t, struct arena *a, struct bytes request, struct bytes *ret, struct err *e)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRIu64 "\n", t->serial + 1);
    int code = file_replace(t->serial_path, (struct bytes){(const uint8_t *)text, (size_t)n}, 0600, e);
    if (code != 0)
        return code;
    return tsp_reply(a, &t->authority, request, ++t->serial, ret, e);
}
