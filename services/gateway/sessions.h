/*
 * Browser sessions: an opaque cookie value stands for the token that services know, so the token never reaches a page.
 * Held in memory only; when the gateway restarts, people log in again. Ends when idle too long or when the service's own
 * session ends, whichever is first. Whether a token is still good is the services' to say, at each verb.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_ID_HEX 65        /* 32 random bytes in hex and a NUL */

struct sessions;

struct browser_session {
    char id[SESSION_ID_HEX];     /* the cookie's value */
    char csrf[SESSION_ID_HEX];   /* what a page of ours sends with each POST */
    char token[65];
    char person_id[33];
    char shown[1500];            /* the session record as JSON, without its token */
    int64_t expires_ms, seen_ms;
};

/** sessions_new(idle_s): an empty table. Caller frees with sessions_free, which wipes it. */
struct sessions *sessions_new(int64_t idle_s);
struct sessions *sessions_free(struct sessions *s);

/** sessions_open(s, session, now_ms): make ids for ${session} (token, person_id, shown, expires_ms are the caller's) and
 *  keep it; false when the table is full of live sessions. Any thread. */
bool sessions_open(struct sessions *s, struct browser_session *session, int64_t now_ms);

/** sessions_find(s, id, now_ms, touch, ret): a copy of the live session ${id}; with ${touch} it counts as seen now (a page
 *  that merely waits for news does not keep a session alive). The caller wipes the copy. Any thread. */
bool sessions_find(struct sessions *s, const char *id, int64_t now_ms, bool touch, struct browser_session *ret);

/** sessions_close(s, id): forget it; nothing happens if it is not there. Any thread. */
void sessions_close(struct sessions *s, const char *id);
