/*
 * The envelope around a body: which verb, whose session, which phase, which command, until when. JSON of its own small
 * record, refused by name like any other. Frames of a request: [id, 16 bytes][envelope][body]; of a reply: [id][reply].
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define WIRE_ID_LEN 16
#define WIRE_BODY_MAX ((size_t)512 * 1024)         /* a larger body is refused by name */
#define WIRE_FRAME_MAX ((size_t)2 * 1024 * 1024)   /* a larger frame is not even read */
#define WIRE_REPLY_MAX ((size_t)16 * 1024 * 1024)

struct envelope {
    const char *verb;          /* service.verb */
    const char *token;         /* session, 64 hex, "" for none */
    const char *phase;         /* call, prepare, commit */
    const char *command;       /* 32 hex, "" for none */
    const char *stream;        /* picks the worker; "" for none */
    int64_t deadline_ms;       /* UTC; 0: none */
};

/** envelope_to_json(b, env), envelope_from_json(a, json, len, ret, e): ERR_ENVELOPE_MALFORMED names the field. */
void envelope_to_json(struct buf *b, const struct envelope *env);
int envelope_from_json(struct arena *a, const char *json, size_t len, struct envelope *ret, struct err *e);

/** reply_from_json(a, json, len, ret_result, e): 0 and the result object's canonical text, or the refusal that the
 *  service answered (its code, field, rule, text in ${e}), or ERR_FAULT. */
int reply_from_json(struct arena *a, const char *json, size_t len, struct bytes *ret_result, struct err *e);
