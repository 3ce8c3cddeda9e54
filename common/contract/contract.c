#include "contract/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/tables_begin.h"
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
#include "record/tables_end.h"

/* flags and roles are written without their prefix in the rows */
enum {
    FRESH = VERB_FRESH, NO_SESSION = VERB_NO_SESSION, PEER_AUDIT = VERB_PEER_AUDIT, PEER_SEQUENCER = VERB_PEER_SEQUENCER,
    ALIKE = VERB_ALIKE,
    TECHNICIAN = ROLE_TECHNICIAN, SUPERVISOR = ROLE_SUPERVISOR, QC = ROLE_QC, QA = ROLE_QA, PHYSICIAN = ROLE_PHYSICIAN,
    COURIER = ROLE_COURIER, AUDITOR = ROLE_AUDITOR, ADMIN = ROLE_ADMIN, ANYONE = ROLE_ANYONE,
};

#define VERB(service, verb, kind, in, out, meaning, roles, flags, stream, doc)                                      \
    {#service "." #verb, #service, #verb, VERB_##kind, &record_##in, &record_##out, meaning, (unsigned)(roles),     \
     (unsigned)(flags), stream, doc},
static const struct verb_row verbs[] = {
#include "contract/service.verbs.def"
#include "contract/access.verbs.def"
#include "contract/source.verbs.def"
#include "contract/batch.verbs.def"
#include "contract/quality.verbs.def"
#include "contract/custody.verbs.def"
#include "contract/release.verbs.def"
#include "contract/signer.verbs.def"
#include "contract/sequencer.verbs.def"
#include "contract/notary.verbs.def"
#include "contract/audit.verbs.def"
};
#undef VERB

#define RECORD(name, title) &record_##name,
#define FIELD(kind, name, flags, max, unit, label)
#define WORDS(name, flags, list, label)
#define ROWS(record, name, flags, max, label)
#define END(name)
static const struct record_type *const types[] = {
#include "contract/service.records.def"
#include "contract/access.records.def"
#include "contract/source.records.def"
#include "contract/batch.records.def"
#include "contract/quality.records.def"
#include "contract/custody.records.def"
#include "contract/release.records.def"
#include "contract/signer.records.def"
#include "contract/log.records.def"
};
#undef RECORD
#undef FIELD
#undef WORDS
#undef ROWS
#undef END

size_t verb_count(void)
{
    return sizeof verbs / sizeof verbs[0];
}

const struct verb_row *verb_at(size_t i)
{
    return &verbs[i];
}

/* The rows by name: every statement of a dossier is looked up, more than once. Made before anything runs. */
static const struct verb_row *by_name[sizeof verbs / sizeof verbs[0]];

static int compare_rows(const void *x, const void *y)
{
    return strcmp((*(const struct verb_row *const *)x)->name, (*(const struct verb_row *const *)y)->name);
}

__attribute__((constructor)) static void order_rows(void)
{
    for (size_t i = 0; i < verb_count(); i++)
        by_name[i] = &verbs[i];
    qsort(by_name, verb_count(), sizeof by_name[0], compare_rows);
}

const struct verb_row *verb_find(const char *name)
{
    const struct verb_row key = {.name = name}, *key_at = &key;
    const struct verb_row *const *found = bsearch(&key_at, by_name, verb_count(), sizeof by_name[0], compare_rows);
    return found != NULL ? *found : NULL;
}

const char *verb_kind_name(enum verb_kind kind)
{
    static const char *const names[] = {"read", "observe", "act", "serve"};
    return names[kind];
}

size_t record_count(void)
{
    return sizeof types / sizeof types[0];
}

const struct record_type *record_type_at(size_t i)
{
    return types[i];
}

const struct record_type *record_find(const char *name)
{
    for (size_t i = 0; i < record_count(); i++)
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    return NULL;
}

unsigned role_bit_of(const char *word)
{
    for (size_t i = 0; i < words_role.count; i++)
        if (strcmp(words_role.words[i], word) == 0)
            return 1u << i;
    return 0;
}

unsigned roles_from_text(const char *text)
{
    unsigned bits = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        char word[32];
        if (n < sizeof word) {
            memcpy(word, text, n);
            word[n] = '\0';
            bits |= role_bit_of(word);
        }
        text += n + (text[n] == ',');
    }
    return bits;
}

char *roles_text(struct arena *a, unsigned bits)
{
    struct buf b = buf_new(a);
    if (bits == ROLE_ANYONE)
        return arena_text(a, "anyone");
    for (size_t i = 0; i < words_role.count; i++)
        if ((bits & 1u << i) != 0)
            buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", words_role.words[i]);
    return b.text;
}

int verb_roles_check(const struct verb_row *row, unsigned roles, struct err *e)
{
    char named[160] = "";
    size_t len = 0;
    if (row->roles == ROLE_ANYONE || (roles & row->roles) != 0)
        return 0;
    for (size_t i = 0; i < words_role.count; i++)
        if ((row->roles & 1u << i) != 0)
            len += (size_t)snprintf(named + len, sizeof named - len, "%s%s", len > 0 ? ", " : "", words_role.words[i]);
    return err_raise(e, ERR_ROLE_MISSING, "", "R01", "%s needs one of: %s", row->name, named);
}

int verb_meaning_check(const struct verb_row *row, const char *meaning, struct err *e)
{
    if ((row->kind != VERB_ACT && row->kind != VERB_OBSERVE) || strcmp(meaning, row->meaning) == 0)
        return 0;
    return err_raise(e, ERR_STATEMENT_MALFORMED, "meaning", "", "%s is %s, not %s", row->name, row->meaning, meaning);
}
