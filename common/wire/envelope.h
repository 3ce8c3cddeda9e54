/*
 * The envelope around a body: which verb, whose session, which phase, which command, until when: one line of six words,
 * "-" for none. Frames of a request: [id, 16 bytes, and envelope][body]; of a reply: [id and reply]. Each frame is sealed
 * for itself, so few of them. The body is a record's JSON; of a commit it is the act: the statement's length in decimal,
 * a line feed, the statement, the signature.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "contract/contract.h"

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

/** envelope_write(b, env), envelope_read(a, text, len, ret, e): `verb token phase command stream deadline_ms`.
 *  ERR_ENVELOPE_MALFORMED names the field; words are printable ASCII, each with its own cap. */
void envelope_write(struct buf *b, const struct envelope *env);
int envelope_read(struct arena *a, const char *text, size_t len, struct envelope *ret, struct err *e);

/** act_write(b, act), act_read(body, ret_statement, ret_signature, e): the body of a commit; what is read lies in ${body}.
 *  ERR_STATEMENT_MALFORMED: no length, or one beyond the body. */
void act_write(struct buf *b, const struct signed_act *act);
int act_read(struct bytes body, struct bytes *ret_statement, struct bytes *ret_signature, struct err *e);

/** reply_from_json(a, json, len, ret_result, e): 0 and the result object's canonical text, or the refusal that the
 *  service answered (its code, field, rule, text in ${e}), or ERR_FAULT. */
int reply_from_json(struct arena *a, const char *json, size_t len, struct bytes *ret_result, struct err *e);
