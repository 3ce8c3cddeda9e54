/*
 * What may be asked, by whom, in what form: the records and the verbs of every service, as tables. Services bind their
 * handlers to these rows, the gateway makes routes, the terminal commands, `--describe` the reference, tests the walk
 * over all verbs, the verifier the reading of statements. What is not in a table does not exist.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "record/structs_begin.h"
#include "contract/words.def"
#include "contract/service.records.def"
#include "contract/access.records.def"
#include "contract/source.records.def"
#include "contract/batch.records.def"
#include "contract/quality.records.def"
#include "contract/custody.records.def"
#include "contract/release.records.def"
#include "contract/signer.records.def"
#include "contract/log.records.def"
#include "record/structs_end.h"

enum verb_kind {
    VERB_READ,      /* reads; makes no record */
    VERB_OBSERVE,   /* one call; a statement without signature, meaning `recorded` */
    VERB_ACT,       /* prepare, sign, commit; a statement that a person signs */
    VERB_SERVE,     /* works on no stream: login, signing, sealing the log */
};

enum verb_flag {
    VERB_FRESH = 1,           /* the head of the stream must be what the signer saw */
    VERB_NO_SESSION = 2,      /* may be called without a session */
    VERB_PEER_AUDIT = 4,      /* only the audit and release services may call it */
    VERB_PEER_SEQUENCER = 8,  /* only the sequencer may call it */
    /* a READ whose answer depends on the record and on the question alone, not on who asks: of several that wait together with the same
     * question one is decided, after all of them came, and its answer is theirs. Nothing is kept for who comes later. */
    VERB_ALIKE = 16,
};

/* roles as bits, in the order of words_role */
enum role_bit {
    ROLE_TECHNICIAN = 1, ROLE_SUPERVISOR = 2, ROLE_QC = 4, ROLE_QA = 8, ROLE_PHYSICIAN = 16, ROLE_COURIER = 32,
    ROLE_AUDITOR = 64, ROLE_ADMIN = 128, ROLE_ANYONE = 255,
};

struct verb_row {
    const char *name;                  /* service.verb: also the statement's type */
    const char *service, *verb;
    enum verb_kind kind;
    const struct record_type *in, *out;
    const char *meaning;               /* of the signature; "" where there is none */
    unsigned roles, flags;
    const char *stream_field;          /* field of `in` that names the stream; "" where there is none */
    const char *doc;
};

/** verb_count(), verb_at(i): all verbs of all services, in table order. verb_find(name): "batch.open", NULL if unknown. */
size_t verb_count(void);
const struct verb_row *verb_at(size_t i);
const struct verb_row *verb_find(const char *name);

/** verb_roles_check(row, roles, e): one of ${roles} may use the verb. ERR_ROLE_MISSING, R01.
 *  verb_meaning_check(row, meaning, e): a statement of the verb carries the verb's own meaning, `recorded` where it is observed; so an act
 *  that nobody signed is none. ERR_STATEMENT_MALFORMED. */
struct err;
int verb_roles_check(const struct verb_row *row, unsigned roles, struct err *e);
int verb_meaning_check(const struct verb_row *row, const char *meaning, struct err *e);

/** verb_kind_name(kind): "read", "observe", "act", "serve". */
const char *verb_kind_name(enum verb_kind kind);

/** roles_from_text(text): the bits of a comma separated list; unknown words count for nothing.
 *  role_bit_of(word): the bit of one role word, 0 if unknown. */
unsigned roles_from_text(const char *text);
unsigned role_bit_of(const char *word);

/** roles_text(a, bits): the roles as "qa, physician", "anyone" for all, in ${a}. */
char *roles_text(struct arena *a, unsigned bits);

/** record_find(name): the record type called so, NULL if there is none; record_count, record_type_at walk all. */
const struct record_type *record_find(const char *name);
size_t record_count(void);
const struct record_type *record_type_at(size_t i);

/**
 * verb_render(b, row, stream, in): append the text that a person reads before signing: what the verb does, on which
 * stream, with which meaning, and every field with its label and unit. The same text comes out for the same statement
 * anywhere: its SHA-256 stands in the statement's `rendered` line under the template `verb/1`.
 */
void verb_render(struct buf *b, const struct verb_row *row, const char *stream, const void *in);

#define RENDER_TEMPLATE "verb/1"
