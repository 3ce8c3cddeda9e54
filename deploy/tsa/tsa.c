#include "tsa.h"

#include <ini.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/tsp.h"
#include "file/file.h"

struct tsa {
    const struct tsa_settings *settings;
    struct certificate *certificate;
    struct key *key;
    uint64_t serial;
};

struct reading {
    const char *path;
    struct tsa_settings *settings;
};

static bool copy(char *ret, size_t size, const char *value)
{
    return snprintf(ret, size, "%s", value) < (int)size;
}

static bool copy_path(const struct reading *r, char *ret, size_t size, const char *value)
{
    const char *slash = strrchr(r->path, '/');
    int folder = slash != NULL && value[0] != '/' ? (int)(slash - r->path + 1) : 0;
    return snprintf(ret, size, "%.*s%s", folder, r->path, value) < (int)size;
}

/* inih: 1 for a row that is known and fits */
static int take(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    struct tsa_settings *s = r->settings;
    if (section[0] != '\0')
        return 0;
    if (strcmp(name, "listen") == 0)
        return copy(s->listen, sizeof s->listen, value);
    if (strcmp(name, "policy") == 0)
        return copy(s->policy, sizeof s->policy, value);
    if (strcmp(name, "certificate") == 0)
        return copy_path(r, s->certificate, sizeof s->certificate, value);
    if (strcmp(name, "key") == 0)
        return copy_path(r, s->key, sizeof s->key, value);
    if (strcmp(name, "serial") == 0)
        return copy_path(r, s->serial, sizeof s->serial, value);
    if (strcmp(name, "accuracy_ms") == 0)
        return sscanf(value, "%3u", &s->accuracy_ms) == 1 && s->accuracy_ms > 0;
    return 0;
}

int tsa_settings_read(const char *path, struct tsa_settings *ret, struct err *e)
{
    struct reading r = {path, ret};
    *ret = (struct tsa_settings){.listen = "127.0.0.1:3180", .policy = "1.3.6.1.4.1.99999.1", .accuracy_ms = 500};
    int line = ini_parse(path, take, &r);
    if (line < 0)
        return err_fault(e, "cannot read %s", path);
    if (line > 0)
        return err_fault(e, "%s: line %d is no setting of the time-stamp authority", path, line);
    if (!ret->certificate[0] || !ret->key[0] || !ret->serial[0])
        return err_fault(e, "%s: certificate, key and serial are needed", path);
    return 0;
}

static int load(struct tsa *t, struct arena *a, struct err *e)
{
    const struct tsa_settings *s = t->settings;
    struct bytes pem, serial;
    if (file_read(a, s->certificate, 8192, &pem, e) != 0 || certificate_from_pem(pem, &t->certificate, e) != 0)
        return err_fault(e, "%s holds no certificate", s->certificate);
    if (file_read(a, s->key, 8192, &pem, e) != 0 || key_from_pem(pem, &t->key, e) != 0)
        return err_fault(e, "%s holds no key", s->key);
    if (!certificate_fits(t->certificate, t->key))
        return err_fault(e, "the key does not fit the certificate");
    int code = file_read(a, s->serial, 100, &serial, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code == 0 && sscanf((const char *)serial.data, "%" SCNu64, &t->serial) != 1)
        code = err_fault(e, "%s holds no number", s->serial);
    return code;
}

int tsa_new(const struct tsa_settings *settings, struct tsa **ret, struct err *e)
{
    struct tsa *t = calloc(1, sizeof *t);
    if (t == NULL)
        return err_fault(e, "no memory for the time-stamp authority");
    t->settings = settings;
    struct arena *a = arena_new(0);
    int code = load(t, a, e);
    arena_free(a);
    if (code != 0)
        tsa_free(t);
    else
        *ret = t;
    return code;
}

struct tsa *tsa_free(struct tsa *t)
{
    if (t != NULL) {
        certificate_free(t->certificate);
        key_free(t->key);
    }
    free(t);
    return NULL;
}

int tsa_answer(struct tsa *t, struct arena *a, struct bytes query, struct bytes *ret, struct err *e)
{
    const struct tsp_authority authority = {t->certificate, t->key, t->settings->policy, t->settings->accuracy_ms};
    const char *serial = arena_printf(a, "%" PRIu64 "\n", t->serial + 1);
    int code = file_replace(t->settings->serial, (struct bytes){(const uint8_t *)serial, strlen(serial)}, 0600, e);
    if (code != 0)
        return code;
    t->serial++;
    return tsp_reply(a, &authority, query, t->serial, ret, e);
}
