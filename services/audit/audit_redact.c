#include "audit_redact.h"

#include <string.h>

static bool is_person(const char *id)
{
    return strncmp(id, "U-", 2) == 0;
}

bool audit_redact_file(const char *name)
{
    return is_person(name);
}

static void keep_training(struct dossier_stream *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->entry[i].statement.type, "access.training_record") == 0)
            s->entry[kept++] = s->entry[i];
    s->whole = s->whole && kept == s->count;
    s->count = kept;
}

static struct bytes readme(struct arena *a, const struct dossier *d)
{
    struct bytes plain = dossier_readme(a, d);
    const char *text = arena_printf(a,
        "%.*s\n"
        "REDACTED\n"
        "Left out: statements about people other than their training, people's certificates in pki/, exports/, and all\n"
        "names and free text in human/. Not left out, for nothing of it can go without breaking a proof: what signed\n"
        "statements of this and the other records say, and the signers' certificates inside the signatures, which bear their printed names.\n",
        (int)plain.len, (const char *)plain.data);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

void audit_redact(struct arena *a, struct dossier *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->stream_count; i++) {
        struct dossier_stream *s = &d->stream[i];
        if (is_person(s->id))
            keep_training(s);
        if (s->count > 0)
            d->stream[kept++] = *s;
    }
    d->stream_count = kept;
    d->readme = readme(a, d);
}
