#include "dossier/zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LOCAL_LEN 30
#define CENTRAL_LEN 46
#define END_LEN 22
#define VERSION 20
#define DATE_1980_01_01 0x0021

static void put(struct buf *b, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(b, (char)(value >> (8 * i) & 0xff));
}

static uint32_t get(const uint8_t *p, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

static uint32_t crc_of(struct bytes data)
{
    return (uint32_t)crc32_z(0, data.data, data.len);
}

bool zip_name_is_valid(const char *name)
{
    bool begins = true;
    for (const char *p = name; *p != '\0'; p++) {
        bool alnum = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
        if (*p == '/') {
            if (begins)
                return false;
            begins = true;
        } else if (alnum || (!begins && (*p == '.' || *p == '_' || *p == '-'))) {
            begins = false;
        } else {
            return false;
        }
    }
    return !begins;
}

struct folded {
    const char *name, *as;            /* as it is, and where case is ignored */
};

static const char *fold(struct arena *a, const char *name)
{
    char *folded = arena_text(a, name);
    for (char *p = folded; *p != '\0'; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    return folded;
}

static int compare_folded(const void *x, const void *y)
{
    return strcmp(((const struct folded *)x)->as, ((const struct folded *)y)->as);
}

static int compare_names(const void *x, const void *y)
{
    return strcmp((*(const struct zip_member *const *)x)->name, (*(const struct zip_member *const *)y)->name);
}

static int refuse(struct err *e, const char *name, const char *why)
{
    return err_raise(e, ERR_DOSSIER_REFUSED, "zip", "1", "%s%s%.120s", why, name != NULL ? ": " : "",
                     name != NULL ? name : "");
}

/* Names well-formed, none twice even where case is ignored; ${ret} by name ascending. */
static int check_names(struct arena *a, const struct zip *zip, const struct zip_member ***ret, struct err *e)
{
    const struct zip_member **order = ARENA_ARRAY(a, const struct zip_member *, zip->count + 1);
    struct folded *folded = ARENA_ARRAY(a, struct folded, zip->count + 1);
    if (zip->count > ZIP_MEMBERS_MAX)
        return refuse(e, NULL, "1,000 members or more");
    for (size_t i = 0; i < zip->count; i++) {
        order[i] = &zip->member[i];
        if (!zip_name_is_valid(order[i]->name))
            return refuse(e, order[i]->name, "malformed name");
        folded[i] = (struct folded){order[i]->name, fold(a, order[i]->name)};
    }
    qsort(folded, zip->count, sizeof *folded, compare_folded);
    for (size_t i = 1; i < zip->count; i++)
        if (compare_folded(&folded[i - 1], &folded[i]) == 0)
            return refuse(e, arena_printf(a, "%s and %s", folded[i - 1].name, folded[i].name), "a name is there twice");
    qsort(order, zip->count, sizeof *order, compare_names);
    *ret = order;
    return 0;
}

/* The fields that local and central header share: version needed to name length and an empty extra field. */
static void put_shared(struct buf *b, const struct zip_member *m, uint32_t crc)
{
    put(b, VERSION, 2);
    put(b, 0, 2);                        /* flags */
    put(b, 0, 2);                        /* stored */
    put(b, 0, 2);                        /* 00:00 */
    put(b, DATE_1980_01_01, 2);
    put(b, crc, 4);
    put(b, (uint32_t)m->data.len, 4);
    put(b, (uint32_t)m->data.len, 4);
    put(b, (uint32_t)strlen(m->name), 2);
    put(b, 0, 2);
}

static void put_central(struct buf *b, const struct zip_member *m, uint32_t crc, uint32_t offset)
{
    buf_add(b, "PK\1\2", 4);
    put(b, VERSION, 2);
    put_shared(b, m, crc);
    put(b, 0, 2);                        /* no comment */
    put(b, 0, 2);                        /* disk 0 */
    put(b, 0, 2);                        /* internal attributes */
    put(b, 0, 4);                        /* external attributes */
    put(b, offset, 4);
    buf_put(b, m->name);
}

static void put_end(struct buf *b, size_t count, size_t central_len, size_t central_at)
{
    buf_add(b, "PK\5\6", 4);
    put(b, 0, 4);
    put(b, (uint32_t)count, 2);
    put(b, (uint32_t)count, 2);
    put(b, (uint32_t)central_len, 4);
    put(b, (uint32_t)central_at, 4);
    put(b, 0, 2);
}

int zip_write(struct arena *a, const struct zip *zip, struct bytes *ret, struct err *e)
{
    struct buf file = buf_new(a), central = buf_new(a);
    const struct zip_member **order;
    size_t total = 0;
    int rc = check_names(a, zip, &order, e);
    for (size_t i = 0; i < zip->count && rc == 0; i++) {
        const struct zip_member *m = &zip->member[i];
        total += m->data.len + 2 * strlen(m->name) + LOCAL_LEN + CENTRAL_LEN;
        if (strlen(m->name) > UINT16_MAX || total > UINT32_MAX - END_LEN)
            return refuse(e, m->name, "too large");
        uint32_t crc = crc_of(m->data);
        put_central(&central, m, crc, (uint32_t)file.len);
        buf_add(&file, "PK\3\4", 4);
        put_shared(&file, m, crc);
        buf_put(&file, m->name);
        buf_add(&file, m->data.data, m->data.len);
    }
    if (rc != 0)
        return rc;
    size_t central_at = file.len;
    buf_add(&file, central.text, central.len);
    put_end(&file, zip->count, central.len, central_at);
    *ret = (struct bytes){(const uint8_t *)file.text, file.len};
    return 0;
}

/* One member at ${local} of the file, described at ${central} of it; both offsets move behind it. */
static int read_member(struct arena *a, struct bytes file, size_t *local, size_t *central, size_t central_at,
                       struct zip_member *ret, struct err *e)
{
    const uint8_t *c = file.data + *central, *l = file.data + *local;
    if (file.len - END_LEN - *central < CENTRAL_LEN || memcmp(c, "PK\1\2", 4) != 0 || get(c + 4, 2) != VERSION)
        return refuse(e, NULL, "a central header is malformed");
    size_t name_len = get(c + 28, 2), len = get(c + 24, 4);
    if (file.len - END_LEN - *central < CENTRAL_LEN + name_len)
        return refuse(e, NULL, "a central header is cut off");
    if (central_at - *local < LOCAL_LEN + name_len || central_at - *local - LOCAL_LEN - name_len < len)
        return refuse(e, NULL, "a member is cut off");
    ret->name = arena_dup(a, c + CENTRAL_LEN, name_len);
    ret->data = (struct bytes){l + LOCAL_LEN + name_len, len};
    if (strlen(ret->name) != name_len)
        return refuse(e, NULL, "malformed name");
    struct buf want = buf_new(a);
    put_central(&want, ret, crc_of(ret->data), (uint32_t)*local);
    if (memcmp(want.text, c, want.len) != 0)
        return refuse(e, ret->name, "its central header is not as it must be");
    if (memcmp(l, "PK\3\4", 4) != 0 || memcmp(l + 4, c + 6, LOCAL_LEN - 4) != 0 ||
        memcmp(l + LOCAL_LEN, ret->name, name_len) != 0)
        return refuse(e, ret->name, "its local header is not as it must be");
    digest_sha256(ret->data.data, ret->data.len, ret->sha256);
    *local += LOCAL_LEN + name_len + len;
    *central += CENTRAL_LEN + name_len;
    return 0;
}

int zip_read(struct arena *a, struct bytes file, struct zip *ret, struct err *e)
{
    if (file.len < END_LEN || memcmp(file.data + file.len - END_LEN, "PK\5\6", 4) != 0)
        return refuse(e, NULL, "no end record at the end of the file");
    const uint8_t *end = file.data + file.len - END_LEN;
    size_t count = get(end + 10, 2), central_at = get(end + 16, 4), local = 0, central = central_at;
    struct zip_member *member = ARENA_ARRAY(a, struct zip_member, count + 1);
    if (central_at > file.len - END_LEN)
        return refuse(e, NULL, "the directory is cut off");
    for (size_t i = 0; i < count; i++) {
        int rc = read_member(a, file, &local, &central, central_at, &member[i], e);
        if (rc != 0)
            return rc;
    }
    struct buf want = buf_new(a);
    put_end(&want, count, central - central_at, central_at);
    if (local != central_at || central != file.len - END_LEN || memcmp(want.text, end, END_LEN) != 0)
        return refuse(e, NULL, "bytes between, before or behind the members");
    *ret = (struct zip){member, count, NULL};
    return check_names(a, ret, &ret->by_name, e);
}

const struct zip_member *zip_member(const struct zip *zip, const char *name)
{
    const struct zip_member key = {.name = name}, *key_at = &key;
    const struct zip_member **found = zip->count == 0 ? NULL :
        bsearch(&key_at, zip->by_name, zip->count, sizeof *zip->by_name, compare_names);
    return found != NULL ? *found : NULL;
}

struct bytes zip_find(const struct zip *zip, const char *name)
{
    const struct zip_member *m = zip_member(zip, name);
    return m != NULL ? m->data : (struct bytes){NULL, 0};
}
