#include "wire/keys.h"

#include <czmq.h>
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#define KEYS_MAX 4096

struct known {
    char key[WIRE_KEY_TEXT], name[48], kind[16], file[256];
};

struct wire_keys {
    char *dir;
    struct known *all;
    size_t count;
    struct timespec read;      /* the folder's time when it was read */
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

static const struct known *key_at(const struct wire_keys *k, const char *public_key)
{
    for (size_t i = 0; i < k->count; i++)
        if (strcmp(k->all[i].key, public_key) == 0)
            return &k->all[i];
    return NULL;
}

static void add(struct wire_keys *k, const char *file)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", k->dir, file);
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
    snprintf(one->file, sizeof one->file, "%s", file);
    zcert_destroy(&cert);
}

static int is_public(const struct dirent *d)
{
    size_t len = strlen(d->d_name);
    return d->d_name[0] != '.' && len > 4 && strcmp(d->d_name + len - 4, ".key") == 0;
}

static struct timespec folder_time(const struct wire_keys *k)
{
    struct stat info;
    return stat(k->dir, &info) == 0 ? info.st_mtim : (struct timespec){0, 0};
}

/* in the order of the files' names, so that of a key that stands twice always the same file counts */
static void load(struct wire_keys *k)
{
    struct dirent **files = NULL;
    k->read = folder_time(k);
    k->count = 0;
    int n = scandir(k->dir, &files, is_public, alphasort);
    for (int i = 0; i < n; i++) {
        add(k, files[i]->d_name);
        free(files[i]);
    }
    free(files);
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

int wire_keys_check(const struct wire_keys *k, struct err *e)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct known *first = key_at(k, k->all[i].key);
        if (first != &k->all[i])
            return err_fault(e, "one public key stands in two files of %s: %s and %s", k->dir, first->file, k->all[i].file);
    }
    return 0;
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
    const struct known *one = key_at(k, public_key);
    if (one != NULL)
        return one;
    load(k);
    return key_at(k, public_key);
}

bool wire_keys_admits(struct wire_keys *k, const char *public_key)
{
    struct timespec now = folder_time(k);
    if (now.tv_sec != k->read.tv_sec || now.tv_nsec != k->read.tv_nsec)
        load(k);
    return of_key(k, public_key) != NULL;
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
