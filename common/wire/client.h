/*
 * Calling a service: a DEALER over CURVE to each of its workers; the stream picks the worker, so that one stream's work
 * meets one worker. A time-out is not a failure: the same command id is sent again, and the first answer comes.
 * A client serves one thread.
 */
#pragma once
#include "contract/contract.h"
#include "wire/envelope.h"
#include "wire/keys.h"

struct wire_client;

/** wire_client_new(secret_path, public_dir, directory_path, ret, e): ${directory_path} is an INI file, one line a service:
 *  `batch = tcp://127.0.0.1:5611 tcp://127.0.0.1:5612`; the service's key is the public key of that name. Sockets open at
 *  first use. Caller frees with wire_client_free. */
int wire_client_new(const char *secret_path, const char *public_dir, const char *directory_path, struct wire_client **ret,
                    struct err *e);
struct wire_client *wire_client_free(struct wire_client *c);

/** wire_client_timeout(c, timeout_ms): how long a call waits for an answer in all; 10 s at first. */
void wire_client_timeout(struct wire_client *c, int timeout_ms);

/** wire_client_service(c, i): the ${i}th service of the directory, NULL behind the last. Borrowed until wire_client_free. */
const char *wire_client_service(const struct wire_client *c, size_t i);

/** wire_client_key(c): the client's own public key, Z85. */
const char *wire_client_key(const struct wire_client *c);

/** wire_exchange(c, a, service, env, body, ret_reply, e): one request, its reply's bytes in ${a}. ${service} NULL: taken
 *  from the verb. Verbs that record or only read are sent again every 3 s within the time-out. ERR_UNAVAILABLE: no
 *  answer. */
int wire_exchange(struct wire_client *c, struct arena *a, const char *service, const struct envelope *env,
                  struct bytes body, struct bytes *ret_reply, struct err *e);

/** What is asked: the verb ("batch.list"), the phase, and the session's token and command id, "" for none. */
struct wire_ask {
    const char *verb, *phase, *token, *command;
};

/** wire_call(c, a, ask, in, ret_out, e): call a verb with struct ${in} of its in-record (NULL: `nothing`); the answer is
 *  read into ${ret_out}: `prepared` for prepare, `receipt` for commit and observations, else the verb's out-record. For
 *  commit ${in} is a struct signed_act. NULL ${ret_out}: not wanted. */
int wire_call(struct wire_client *c, struct arena *a, const struct wire_ask *ask, const void *in, void *ret_out,
              struct err *e);

/** wire_serve(c, a, verb, in, ret_out, e): call a verb that needs neither session nor command. */
int wire_serve(struct wire_client *c, struct arena *a, const char *verb, const void *in, void *ret_out, struct err *e);
