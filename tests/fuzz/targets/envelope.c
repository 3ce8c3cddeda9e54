/* Requests and replies on the wire. */
#include "fuzz.h"

#include "wire/envelope.h"

FUZZ(a, data, len)
{
    struct err e;
    struct envelope env, again;
    struct bytes result;
    const char *json = (const char *)data;
    if (envelope_read(a, json, len, &env, &e) == 0) {
        struct buf b = buf_new(a);
        envelope_write(&b, &env);
        MUST(envelope_read(a, b.text, b.len, &again, &e) == 0);
        MUST(strcmp(env.verb, again.verb) == 0 && strcmp(env.stream, again.stream) == 0);
        MUST(env.deadline_ms == again.deadline_ms);
    }
    reply_from_json(a, json, len, &result, &e);
}
