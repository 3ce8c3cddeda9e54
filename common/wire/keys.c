#include "wire/keys.h"

#include <czmq.h>
#include <stdlib.h>
#include <sys/stat.h>

#define KEYS_MAX 4096

struct known {
    char key[WIRE_KEY_TEXT], name[48], kind[16];
};

struct wire_keys {
    char *dir;
    struct known *all;
    size_t count;
};

int wire_key_make(const char *secret_path, const char *public_dir, const char *name, const char *kind, struct err *e)
{
    char public_path[4096];
    snprintf(public_path, sizeof public_path, "%s/%s.key", public_dir, name);
    mode_t before = umask(077);
    zcert_t *cert = zcert_new();
    zcert_set_meta(cert, "name", "%s", name);
    zcert_set_meta(cert, "kind", "%s", kind);
    int failed = zcert_save_secret(cert, secret_path) != 0 || zcert_save_public(cert, public_path) != 0;
    zcert_destroy(&cert);
    umask(before);
    if (failed)
        return err_fault(e, "cannot write %s or %s", secret_path, public_path);
    chmod(public_path, 0644);
    return 0;
}

static void add(struct wire_keys *k, const char *path)
{
    zcert_t *cert = zcert_load(path);
    if (cert == NULL || k->count == KEYS_MAX) {
        zcert_destroy(&cert);
        return;
    }
    struct known *all = realloc(k->all, (k->count + 1) * sizeof *all);
    if (all == NULL)
        abort();
    k->all = all;
    struct known *one = &all[k->count++];
    const char *name = zcert_meta(cert, "name"), *kind = zcert_meta(cert, "kind");
    snprintf(one->key, sizeof one->key, "%s", zcert_public_txt(cert));
    snprintf(one->name, sizeof one->name, "%s", name != NULL ? name : "");
    snprintf(one->kind, sizeof one->kind, "%s", kind != NULL ? kind : "");
    zcert_destroy(&cert);
}

static void load(struct wire_keys *k)
{
    k->count = 0;
    zdir_t *dir = zdir_new(k->dir, "-");
    zlist_t *files = dir == NULL ? NULL : zdir_list(dir);
    for (zfile_t *f = files == NULL ? NULL : zlist_first(files); f != NULL; f = zlist_next(files)) {
        const char *path = zfile_filename(f, NULL);
        size_t len = strlen(path);
        if (len > 4 && strcmp(path + len - 4, ".key") == 0)
            add(k, path);
    }
    zlist_destroy(&files);
    zdir_destroy(&dir);
}

struct wire_keys *wire_keys_load(const char *public_dir, struct err *e)
{
    struct wire_keys *k = calloc(1, sizeof *k);
    if (k == NULL)
        abort();
    k->dir = strdup(public_dir);
    load(k);
    if (k->count > 0)
        return k;
    err_fault(e, "no public keys in %s", public_dir);
    return wire_keys_free(k);
}

struct wire_keys *wire_keys_free(struct wire_keys *k)
{
    if (k == NULL)
        return NULL;
    free(k->dir);
    free(k->all);
    free(k);
    return NULL;
}

static const struct known *of_key(struct wire_keys *k, const char *public_key)
{
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < k->count; i++)
            if (strcmp(k->all[i].key, public_key) == 0)
                return &k->all[i];
        if (again == 0)
            load(k);
    }
    return NULL;
}

const char *wire_keys_name(struct wire_keys *k, const char *public_key)
{
    const struct known *one = of_key(k, public_key);
    return one == NULL ? NULL : one->name;
}

const char *wire_keys_kind(struct wire_keys *k, const char *public_key)
{
    const struct known *one = of_key(k, public_key);
    return one == NULL ? NULL : one->kind;
}

const char *wire_keys_find(struct wire_keys *k, const char *name)
{
    for (size_t i = 0; i < k->count; i++)
        if (strcmp(k->all[i].name, name) == 0)
            return k->all[i].key;
    return NULL;
}
