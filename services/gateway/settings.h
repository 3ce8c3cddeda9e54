/*
 * The gateway's settings: an INI file of `name = value` lines, read through one table. Relative paths are taken from the
 * file's folder. An unknown or missing name is refused; none has a secret in it, only the names of files.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct gateway_settings {
    const char *listen;          /* address:port; [::1]:port */
    const char *hosts;           /* names served, apart by blanks; "" any */
    const char *tls_certificate, *tls_key;   /* PEM files */
    const char *curve_secret, *curve_public, *directory;   /* wire/client.h */
    const char *terminal;        /* this gateway's id as a terminal */
    const char *announcements;   /* endpoint of the sequencer's PUB socket; "" none */
    const char *time_zone;       /* IANA name; pages show and take times in it */
    int64_t body_max, threads, idle_s, patience_s, rate_per_s, rate_burst, login_per_minute, timeout_ms;
};

/** gateway_settings_read(a, path, ret, e): strings live in ${a}. Returns 0 or a fault that names the line. */
int gateway_settings_read(struct arena *a, const char *path, struct gateway_settings *ret, struct err *e);

/** gateway_settings_doc(b): the table of settings as Markdown. */
void gateway_settings_doc(struct buf *b);
