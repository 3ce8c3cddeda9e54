/* The strict profile of a body: what is accepted has no other byte form, emit(parse(b)) = b (ledger 6.19). */
#include "fuzz.h"

#include <jansson.h>

#include "ledger/body.h"

FUZZ(a, data, len)
{
    struct err e;
    (void)a;
    char *text = malloc(len + 1);   /* exactly as long, and no NUL to lean on */
    MUST(text != NULL);
    memcpy(text, data, len);
    if (body_check(text, len, &e) == 0) {
        MUST(len >= 3 && text[len - 1] == '\n');
        json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        MUST(json_is_object(json));
        char *again = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        MUST(again != NULL && strlen(again) == len - 1 && memcmp(again, text, len - 1) == 0);
        free(again);
        json_decref(json);
    }
    free(text);
}
