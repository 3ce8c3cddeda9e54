/*
 * CURVE keys of services and terminals: one secret file each (0600), one public file each in a common folder. Who may
 * connect at all is who has a public file there; its metadata `name` and `kind` say who it is.
 */
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum { WIRE_KEY_TEXT = 41 };   /* Z85 of a public key and a NUL */

struct wire_keys;

/** wire_key_make(secret_path, public_dir, name, kind, e): a fresh key pair: ${secret_path} and ${public_dir}/${name}.key. */
int wire_key_make(const char *secret_path, const char *public_dir, const char *name, const char *kind, struct err *e);

/** wire_keys_load(public_dir, e): all public keys of the folder, its files *.key. Caller frees with wire_keys_free.
 *  NULL: see ${e}. */
struct wire_keys *wire_keys_load(const char *public_dir, struct err *e);
struct wire_keys *wire_keys_free(struct wire_keys *k);

/** wire_keys_check(k, e): a key that stands in two files is a fault that names both: nobody could say whose it is. */
int wire_keys_check(const struct wire_keys *k, struct err *e);

/** wire_keys_name(k, public_key), wire_keys_kind: whose key this is, NULL if unknown; the folder is read again once when
 *  it is. wire_keys_find(k, name): the Z85 public key of ${name}, NULL if unknown. Borrowed until wire_keys_free. */
const char *wire_keys_name(struct wire_keys *k, const char *public_key);
const char *wire_keys_kind(struct wire_keys *k, const char *public_key);
const char *wire_keys_find(struct wire_keys *k, const char *name);

/** wire_keys_admits(k, public_key): whether this key has a file in the folder as it is now. A folder that has changed is
 *  read again; of a key that has come to stand there twice the file first in order of names counts. */
bool wire_keys_admits(struct wire_keys *k, const char *public_key);
