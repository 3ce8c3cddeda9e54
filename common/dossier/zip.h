/*
 * The container of a dossier: a zip that can be read in one way only (format.md, "Dossier"). Members are stored; there is
 * nothing optional in it, so that two readers never see two different contents. The reader refuses everything that the
 * writer would not have written, byte for byte, the order of members aside.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/digest.h"

#define ZIP_MEMBERS_MAX 999

struct zip_member {
    const char *name;
    struct bytes data;
    uint8_t sha256[DIGEST_LEN];           /* of data; zip_read fills it, so that nobody after hashes the same bytes */
};

struct zip {
    const struct zip_member *member;      /* in file order */
    size_t count;
    const struct zip_member **by_name;    /* ascending; filled by zip_read */
};

/** zip_name_is_valid(name): `[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*`. */
bool zip_name_is_valid(const char *name);

/** zip_write(a, zip, ret, e): the file's bytes in ${a}. ERR_DOSSIER_REFUSED for names or sizes that the rules refuse. */
int zip_write(struct arena *a, const struct zip *zip, struct bytes *ret, struct err *e);

/** zip_read(a, file, ret, e): the members of ${file}, whose data point into it. ERR_DOSSIER_REFUSED. */
int zip_read(struct arena *a, struct bytes file, struct zip *ret, struct err *e);

/** zip_member(zip, name): the member called so (after zip_read), NULL if there is none. */
const struct zip_member *zip_member(const struct zip *zip, const char *name);

/** zip_find(zip, name): the data of the member called so (after zip_read); `data` is NULL if there is none. */
struct bytes zip_find(const struct zip *zip, const char *name);
