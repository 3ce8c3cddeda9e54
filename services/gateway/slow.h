/*
 * Connections that are slow on purpose: whoever sends its request byte by byte holds a place that others need. Each connection has
 * so long to send a request whole, from its opening or from the answer before; then it is hung up. One that waits for its
 * answer, or for news, is not slow. Refuses nothing by itself and knows nothing of HTTP.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct slow;
struct slow_connection;

/** slow_new(patience_ms): starts the thread that hangs up. slow_free ends it; no connection may be left open then. */
struct slow *slow_new(int64_t patience_ms);
struct slow *slow_free(struct slow *s);

/** slow_open(s, fd): a connection was accepted at ${fd}. slow_close(s, c): it is about to be closed. Any thread. */
struct slow_connection *slow_open(struct slow *s, int fd);
void slow_close(struct slow *s, struct slow_connection *c);

/** slow_whole(s, c): the request is there. slow_answered(s, c): it is answered, the next one may come. NULL ${c}: nothing. */
void slow_whole(struct slow *s, struct slow_connection *c);
void slow_answered(struct slow *s, struct slow_connection *c);
