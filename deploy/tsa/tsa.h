/*
 * A small time-stamp authority (RFC 3161 over HTTP, §3.4) for the demo and for tests; a lab uses a qualified one. It
 * answers POST with a time-stamp query, from the machine's own clock, and gives no number twice.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/** The settings file, INI without sections. */
struct tsa_settings {
    char listen[64];               /* address:port */
    char certificate[1024], key[1024];
    char serial[1024];             /* file with the last serial number */
    char policy[64];
    unsigned accuracy_ms;
};

struct tsa;

/** tsa_settings_read(path, ret, e): relative paths are taken from the file's folder. */
int tsa_settings_read(const char *path, struct tsa_settings *ret, struct err *e);

/** tsa_new(settings, ret, e): certificate, key and last serial number. Caller frees with tsa_free. */
int tsa_new(const struct tsa_settings *settings, struct tsa **ret, struct err *e);

/** tsa_free(t): NULL is fine. Always returns NULL. */
struct tsa *tsa_free(struct tsa *t);

/** tsa_answer(t, a, query, ret, e): DER TimeStampResp in ${a}; its serial number is on the disk before it is given. */
int tsa_answer(struct tsa *t, struct arena *a, struct bytes query, struct bytes *ret, struct err *e);

/** tsa_serve(t, listen, e): answer HTTP until TERM or INT; writes READY to the descriptor in STEMMA_READY_FD. */
int tsa_serve(struct tsa *t, const char *listen, struct err *e);
