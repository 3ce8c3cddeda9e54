/*
 * What the sequencer is told at start, and the parts that its verbs share. The sequencer puts committed entries into the
 * log, and has the log's state signed, witnessed and time-stamped. It changes no entry and holds no key. Whatever it is
 * given by notary, witnesses or time-stamp authority is verified before it is kept; if any of them fails, nothing is.
 */
#pragma once
#include "service/service.h"

struct sequencer_settings {
    struct settings common;
    const char *directory;           /* where the services are (wire/client.h) */
    const char *terminal;            /* T- id that stands as actor of the log's own statements */
    const char *witnesses;           /* names in the directory, separated by spaces; "" for none */
    const char *log_key;             /* log.pub.pem */
    const char *witness_keys;        /* witnesses.txt: one C2SP verifier key a line, "" for none */
    const char *tsa_url, *tsa_root;  /* of the time-stamp authorities, apart by blanks; their roots' PEM file */
    const char *publish;             /* endpoint of the announcements, "" for none */
    const char *recovers, *recovers_key;   /* the last checkpoint of a log that was closed, and that log's key; "" for none */
    int64_t stamp_every_s;
    int64_t call_timeout_ms;
};

extern struct sequencer_settings sequencer_config;

/** The settings' rows beside the common ones. */
extern const struct setting sequencer_settings_rows[];
extern const size_t sequencer_settings_count;

/** sequencer_init(db, e), sequencer_tick(db, e), sequencer_done(): for struct service. The sequencer works on a
 *  connection of its own, for a seal is many transactions. */
int sequencer_init(struct db *db, struct err *e);
int sequencer_tick(struct db *db, struct err *e);
void sequencer_done(void);
