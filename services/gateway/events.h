/*
 * News for open pages: what the sequencer announces goes to every page that listens, as server-sent events. Only hints:
 * a page that missed one reads again. A stream of events ends after five minutes and the browser opens the next, so that
 * an ended session is noticed.
 */
#pragma once
#include "base/error.h"
#include "gateway/settings.h"

struct events;
struct MHD_Response;
struct MHD_Connection;

/** events_new(settings, ret, e): start listening to the announcements, if the settings name any. Caller stops with
 *  events_stop while connections live, then frees with events_free. */
int events_new(const struct gateway_settings *settings, struct events **ret, struct err *e);
void events_stop(struct events *n);
struct events *events_free(struct events *n);

/** events_open(n, connection): the body of one more stream, NULL when there are too many. Caller destroys the response. */
struct MHD_Response *events_open(struct events *n, struct MHD_Connection *connection);

/** events_tell(n, text): pass ${text} on to all streams. Any thread. */
void events_tell(struct events *n, const char *text);
