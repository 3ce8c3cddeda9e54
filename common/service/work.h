/*
 * One request under way in the frame: what came, the call that handlers see, what will be answered. Internal to
 * common/service. A work is reset and run again when its group has to be run again.
 */
#pragma once
#include "crypto/cms.h"
#include "service/service.h"

struct request {
    const char *verb, *token, *phase, *command;
    int64_t deadline_ms;              /* 0: none */
    const char *body;
    size_t body_len;
    const char *peer, *peer_kind, *peer_key;
};

struct work {
    struct request request;
    struct call call;
    const struct handler *handler;
    struct principal who;
    struct err err;
    int code;                         /* 0 so far, or what to answer */
    bool done;                        /* nothing more to do but answer */
    bool records;                     /* an entry is appended when the group commits */
    bool writes;                      /* apply runs */
    bool unsure;                      /* refused on facts that may be younger than the head read before them */
    struct statement statement;       /* COMMIT: what was signed, parsed */
    struct cms_signer signer;         /* COMMIT: whose signature holds */
    struct bytes entry;
    const char *note;                 /* the signed receipt, made while the database commits */
    int tickets[CALL_ANSWERS_MAX];
    const char *body_json;            /* COMMIT: the body inside the statement */
    int64_t begun_us;
    struct buf reply;
};

/** work_decode(w, service, e): find verb and handler, read the body; for COMMIT parse the statement and verify the
 *  signature. Sets w->code. */
void work_decode(struct work *w, const struct service *service, struct arena *a);

/** work_reset(w): ready to be run again from its facts. */
int work_reset(struct work *w);

/** work_alike(group, i): the work before number ${i} of the group that was decided on the very same question and whose answer is
 *  anybody's (VERB_ALIKE); NULL: there is none. */
const struct work *work_alike(struct work *const *group, size_t i);

/** work_refuse(w, code): answer ${code}, which w->err describes. */
void work_refuse(struct work *w, int code);

/** act_check(w): COMMIT, after facts: the signer is the session's person, claimed time is near, reviewed is right. */
int act_check(struct work *w, const struct bytes *reviewed_leaf, struct err *e);

#define SINCE_TOLD 3              /* entries by name; that there are others is said */

/** act_tell_since(w, since): add to w->err what was recorded after what was reviewed: columns seq, statement; a person's act or a
 *  service's observation, by number, verb and who did it. ${since} has one row more than are told where there are more. */
void act_tell_since(struct work *w, const struct db_rows *since);

/** act_state(w, e): after decide: build the statement; for COMMIT compare it with the signed bytes. */
int act_state(struct work *w, const char *service, struct err *e);

/** act_enter(w, origin, e): build the entry and its leaf hash for position head+1. */
int act_enter(struct work *w, const char *origin, struct err *e);

/** act_same_command(w, stored, len): a repeated command asks for the very same thing. */
bool act_same_command(struct work *w, const char *stored, size_t len);

/** answer_result(w), answer_prepared(w), answer_receipt(w, ...): write w->reply. answer_refusal: from w->code, w->err. */
void answer_result(struct work *w);
void answer_prepared(struct work *w);
void answer_receipt(struct work *w, int64_t seq, int64_t time_ms, const uint8_t leaf[DIGEST_LEN],
                    const uint8_t statement_sha256[DIGEST_LEN]);
void answer_refusal(struct work *w);
