/* What the signer shows of itself: the state of keys. */
#include <string.h>

#include "signer_inner.h"

static const char *state_of(const struct signer *s, const struct tries *t, bool has_key, int64_t now_ms)
{
    struct err e;
    if (!has_key)
        return "revoked";
    if (rule_barred(t, s->options->bar_after, &e) != 0)
        return "locked";
    return rule_tries(t, now_ms, s->options->lock_after, s->options->lock_ms, &e) != 0 ? "throttled" : "open";
}

static int key_state(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms, struct signer_key_state *ret,
                     struct err *e)
{
    CLEANUP(stored_done) struct stored stored = {0};
    struct tries tries;
    int code = store_load(a, s->options->keys, person_id, &stored, e);
    bool has_key = code == 0;
    if (code == 0 || code == ERR_NOT_FOUND)
        code = store_tries(a, s->options->keys, person_id, &tries, e);
    if (code != 0)
        return code;
    *ret = (struct signer_key_state){person_id, state_of(s, &tries, has_key, now_ms), tries.failures,
                                     tries.failures > 0 ? tries.last_ms : TIME_ABSENT,
                                     has_key ? certificate_facts(stored.certificate)->not_after_ms : TIME_ABSENT};
    return 0;
}

int signer_keys(struct signer *s, struct arena *a, int64_t now_ms, struct signer_key_state **ret, size_t *ret_count,
                struct err *e)
{
    const char **ids;
    int code = store_people(a, s->options->keys, &ids, ret_count, e);
    *ret = code != 0 ? NULL : ARENA_ARRAY(a, struct signer_key_state, *ret_count + 1);
    for (size_t i = 0; code == 0 && i < *ret_count; i++)
        code = key_state(s, a, ids[i], now_ms, &(*ret)[i], e);
    return code;
}

int signer_locked(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms, const char **ret, struct err *e)
{
    struct tries tries;
    int code = store_tries(a, s->options->keys, person_id, &tries, e);
    if (code == 0)
        *ret = state_of(s, &tries, true, now_ms);
    if (code != 0 || strcmp(*ret, "open") == 0)
        *ret = NULL;
    return code;
}

int signer_count_locked(struct signer *s, struct arena *a, int64_t now_ms, size_t *ret, struct err *e)
{
    const char **ids, *state;
    size_t count = 0;
    int code = store_failed(a, s->options->keys, &ids, &count, e);
    *ret = 0;
    for (size_t i = 0; code == 0 && i < count; i++) {
        code = signer_locked(s, a, ids[i], now_ms, &state, e);
        *ret += state != NULL;
    }
    return code;
}
