#include "signer_issuing.h"

#include <string.h>
#include <unistd.h>

#include "file/file.h"
#include "signer_token.h"

#define PEM_MAX 8192

int issuing_key(struct arena *a, const char *folder, const char *name, struct token *token, struct key **ret, struct err *e)
{
    const char *path = arena_printf(a, "%s/%s", folder, name), *label;
    struct bytes pem;
    if (file_read(a, path, PEM_MAX, &pem, e) != 0)
        return err_fault(e, "cannot read %s", path);
    union {
        const uint8_t *readable;
        void *own;                /* the arena's copy, ours to wipe */
    } copy = {pem.data};
    if (signer_token_label(a, pem, &label))
        return token == NULL ? err_fault(e, "%s is a key of a token, and there is none", path) : token_key_find(token, label, ret, e);
    int code = key_from_pem(pem, ret, e);
    explicit_bzero(copy.own, pem.len);
    return code == 0 ? 0 : err_fault(e, "%s holds no key", path);
}

const char *issuing_folder(struct arena *a, const struct issuing_place *place, int number)
{
    return number == ISSUING_NOW ? place->folder : arena_printf(a, "%s-%d", place->folder, number);
}

/* pki/issuing.crl, pki/issuing-1.crl ... */
const char *issuing_list(struct arena *a, const struct issuing_place *place, int number)
{
    size_t stem = strlen(place->list) - (sizeof ".crl" - 1);
    return number == ISSUING_NOW ? place->list : arena_printf(a, "%.*s-%d%s", (int)stem, place->list, number, place->list + stem);
}

int issuing_load(struct arena *a, const struct issuing_place *place, int number, struct token *token, struct issuing *ret, struct err *e)
{
    struct bytes pem;
    const char *folder = issuing_folder(a, place, number), *path = arena_printf(a, "%s/issuing.pem", folder);
    *ret = (struct issuing){.certificate = NULL};
    int code = file_read(a, path, PEM_MAX, &pem, e);
    if (code != 0)
        return code;
    if (certificate_from_pem(pem, &ret->certificate, e) != 0)
        return err_fault(e, "%s holds no certificate", path);
    if (number != ISSUING_NOW && access(arena_printf(a, "%s/issuing.key", folder), F_OK) != 0)
        return 0;
    code = issuing_key(a, folder, "issuing.key", token, &ret->key, e);
    return code != 0 || certificate_fits(ret->certificate, ret->key) ? code
                                                                      : err_fault(e, "the key in %s does not fit its certificate", folder);
}

void issuing_done(struct issuing *i)
{
    i->key = key_free(i->key);
    i->certificate = certificate_free(i->certificate);
}

int issuing_former(struct arena *a, const struct issuing_place *place)
{
    int n = 0;
    while (n < ISSUING_FORMER_MAX && access(issuing_folder(a, place, n + 1), F_OK) == 0)
        n++;
    return n;
}
