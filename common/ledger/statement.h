/*
 * A statement: the exact bytes that say what is asserted, by whom, having seen what (format.md, "Statement"). These bytes
 * are stored and signed; nothing is ever signed in another form. Builder and parser share one definition: what is built
 * has been parsed, so nothing enters the record that a verifier would refuse.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define STATEMENT_MAX 60000      /* bytes, header and body */
#define STATEMENT_PREFIX "stemma-statement/1\n"
#define REVIEWED_EMPTY (-1)      /* the stream was empty: the hash is its genesis hash */
#define REVIEWED_NONE (-2)       /* "reviewed -": nothing was looked at; observations only */

/** What a signature means (21 CFR 11.50); MEANING_RECORDED is an observation's and needs no signature. */
enum meaning {
    MEANING_RECORDED,
    MEANING_AUTHORED,
    MEANING_PERFORMED,
    MEANING_VERIFIED,
    MEANING_REVIEWED,
    MEANING_APPROVED,
    MEANING_RELEASED,
    MEANING_REJECTED,
    MEANING_HANDED_OVER,
    MEANING_RECEIVED,
    MEANING_CORRECTED,
    MEANING_WITNESSED,
    MEANING_COUNT
};

struct statement {
    const char *type;            /* service.verb */
    const char *stream;
    const char *actor;           /* U- or T- id */
    const char *terminal;        /* T- id */
    const char *signer_cert;     /* act: 64 hex of the certificate's SHA-256; observation: NULL */
    const char *signer;          /* act: U- id, the actor; observation: the service that records */
    enum meaning meaning;
    int64_t reviewed_seq;        /* or REVIEWED_EMPTY, REVIEWED_NONE */
    uint8_t reviewed_hash[DIGEST_LEN];
    bool rendered;               /* a text was shown; always true for an act */
    uint8_t rendered_sha256[DIGEST_LEN];
    const char *template_id;
    int64_t template_version;
    int64_t at_ms;               /* claimed by the actor's side */
    const char *command;         /* 32 hex, UUIDv7 */
    struct bytes body;           /* JSON with its LF, ledger/body.h */
};

/** meaning_word(m): the word in the statement. meaning_from_word(word, len): MEANING_COUNT if there is none. */
const char *meaning_word(enum meaning m);
enum meaning meaning_from_word(const char *word, size_t len);

/** statement_is_act(s): it has a signer's certificate and needs a signature. */
bool statement_is_act(const struct statement *s);

/** statement_build(a, s, ret, e): the statement's bytes in ${a}. Refuses what statement_parse would refuse. */
int statement_build(struct arena *a, const struct statement *s, struct bytes *ret, struct err *e);

/** statement_parse(a, text, len, ret, e): read exactly one statement. Strings of ${ret} live in ${a}; its body points
 *  into ${text}. ERR_STATEMENT_MALFORMED names the header line in `field`; a bad body is ERR_BODY_MALFORMED. */
int statement_parse(struct arena *a, const char *text, size_t len, struct statement *ret, struct err *e);

/** statement_parse_first(a, text, len, ret, ret_used, e): as statement_parse, for the first of several statements with
 *  nothing between them; ${ret_used} is how many bytes it takes (a dossier's `observations`). */
int statement_parse_first(struct arena *a, const char *text, size_t len, struct statement *ret, size_t *ret_used,
                          struct err *e);
