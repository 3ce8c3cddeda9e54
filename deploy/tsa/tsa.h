/*
 * A small RFC 3161 time-stamp authority over HTTP, for the demo and for tests: real tokens, but its clock is this
 * machine's and its key a file. A lab uses an authority that others run; the sequencer does not see a difference.
 */
#pragma once
#include "crypto/tsp.h"

struct tsa_settings {
    const char *listen;         /* 127.0.0.1:port */
    const char *certificate, *key, *serial, *policy;
};

/** tsa_settings_read(a, path, ret, e): INI; relative paths are taken from the file's folder. */
int tsa_settings_read(struct arena *a, const char *path, struct tsa_settings *ret, struct err *e);

struct tsa;

/** tsa_new(settings, ret, e): keys, and the last serial number from its file. Caller frees with tsa_free. */
int tsa_new(const struct tsa_settings *settings, struct tsa **ret, struct err *e);
struct tsa *tsa_free(struct tsa *t);

/** tsa_answer(t, a, request, ret, e): a TimeStampResp; its serial number is on the disk before it is given. */
int tsa_answer(struct tsa *t, struct arena *a, struct bytes request, struct bytes *ret, struct err *e);

/** tsa_serve(t, settings, e): answer POST application/timestamp-query until TERM or INT. */
int tsa_serve(struct tsa *t, const struct tsa_settings *settings, struct err *e);
