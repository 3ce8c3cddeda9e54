/*
 * Announcements of new entries, sequencer to gateways: PUB/SUB over CURVE. A hint only: what is lost is found by reading.
 */
#pragma once
#include "wire/keys.h"

struct wire_publisher;
struct wire_subscriber;

/** wire_publisher_new(endpoint, secret_path, ret, e): bind; subscribers must be known to the process's ZAP (wire_server).
 *  Caller frees with wire_publisher_free. */
int wire_publisher_new(const char *endpoint, const char *secret_path, struct wire_publisher **ret, struct err *e);
struct wire_publisher *wire_publisher_free(struct wire_publisher *p);
/** wire_publish(p, text, len): send one announcement; never waits. */
void wire_publish(struct wire_publisher *p, const char *text, size_t len);

/** wire_subscriber_new(endpoint, secret_path, public_dir, server_name, ret, e): subscribe to all; caller frees with
 *  wire_subscriber_free. wire_subscriber_receive(s, timeout_ms, a):
 *  the next announcement in ${a}, NULL on time-out. */
int wire_subscriber_new(const char *endpoint, const char *secret_path, const char *public_dir, const char *server_name,
                        struct wire_subscriber **ret, struct err *e);
struct wire_subscriber *wire_subscriber_free(struct wire_subscriber *s);
char *wire_subscriber_receive(struct wire_subscriber *s, int timeout_ms, struct arena *a);
