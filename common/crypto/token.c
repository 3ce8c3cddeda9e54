#include "crypto/token_inside.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define WRAPPED_MAX 400                /* a locked key file holds it */
#define SLOTS_MAX 64
#define LABEL_LEN 32                   /* of a token, padded with blanks */
#define WRAPPER_LABEL "stemma-wrap"

static const uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static unsigned char yes = 1, no = 0;

/* rows of a template */
#define FLAG(kind, flag) {kind, &(flag), sizeof(flag)}
#define VALUE(kind, value) {kind, &(value), sizeof(value)}
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int token_fault(struct err *e, const char *what, ck_rv_t rv)
{
    return err_fault(e, "token: %s: PKCS#11 0x%lx", what, rv);
}

/* PKCS#11 takes writable pointers for what it only reads */
static void *text_value(const char *text)
{
    union {
        const char *readable;
        void *value;
    } u = {text};
    return u.value;
}

static int load(struct token *t, const char *module, struct err *e)
{
    ck_rv_t (*list)(struct ck_function_list **) = NULL;
    t->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    void *symbol = t->library != NULL ? dlsym(t->library, "C_GetFunctionList") : NULL;
    if (symbol == NULL)
        return err_fault(e, "token: %s is no PKCS#11 library", module);
    memcpy(&list, &symbol, sizeof list);
    ck_rv_t rv = list(&t->call);
    if (rv == CKR_OK)
        rv = t->call->C_Initialize(NULL);
    t->is_initialized = rv == CKR_OK;
    return rv == CKR_OK ? 0 : token_fault(e, "the library does not start", rv);
}

static bool is_labelled(const struct ck_token_info *info, const char *label)
{
    size_t len = strlen(label);
    if (len > LABEL_LEN || memcmp(info->label, label, len) != 0)
        return false;
    while (len < LABEL_LEN && info->label[len] == ' ')
        len++;
    return len == LABEL_LEN;
}

static int find_slot(const struct token *t, const char *label, ck_slot_id_t *ret, struct err *e)
{
    ck_slot_id_t slots[SLOTS_MAX];
    unsigned long count = SLOTS_MAX;
    struct ck_token_info info;
    ck_rv_t rv = t->call->C_GetSlotList(yes, slots, &count);
    if (rv != CKR_OK)
        return token_fault(e, "its slots cannot be listed", rv);
    for (unsigned long i = 0; i < count; i++) {
        if (t->call->C_GetTokenInfo(slots[i], &info) == CKR_OK && is_labelled(&info, label)) {
            *ret = slots[i];
            return 0;
        }
    }
    return err_fault(e, "token: there is none labelled %s", label);
}

static int log_in(struct token *t, ck_slot_id_t slot, struct bytes pin, struct err *e)
{
    uint8_t copy[256];
    if (pin.len > sizeof copy)
        return err_fault(e, "token: the PIN is too long");
    ck_rv_t rv = t->call->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session);
    t->is_open = rv == CKR_OK;
    memcpy(copy, pin.data, pin.len);
    if (rv == CKR_OK)
        rv = t->call->C_Login(t->session, CKU_USER, copy, pin.len);
    explicit_bzero(copy, sizeof copy);
    return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ? 0 : token_fault(e, "it does not take the PIN", rv);
}

/* the one object of ${class} called ${label}; ${ret} is 0 when there is none */
static int find(const struct token *t, ck_object_class_t class, const char *label, ck_object_handle_t *ret, struct err *e)
{
    struct ck_attribute rows[] = {VALUE(CKA_CLASS, class), {CKA_LABEL, text_value(label), strlen(label)}};
    ck_object_handle_t found[2];
    unsigned long count = 0;
    ck_rv_t rv = t->call->C_FindObjectsInit(t->session, rows, COUNT(rows));
    if (rv == CKR_OK)
        rv = t->call->C_FindObjects(t->session, found, 2, &count);
    t->call->C_FindObjectsFinal(t->session);
    if (rv != CKR_OK)
        return token_fault(e, "its objects cannot be listed", rv);
    if (count > 1)
        return err_fault(e, "token: two objects are called %s", label);
    *ret = count == 1 ? found[0] : 0;
    return 0;
}

int token_open(const struct token_place *place, struct bytes pin, struct token **ret, struct err *e)
{
    ck_slot_id_t slot = 0;
    struct token *t = calloc(1, sizeof *t);
    if (t == NULL)
        return err_fault(e, "no memory for the token");
    int code = load(t, place->module, e);
    if (code == 0)
        code = find_slot(t, place->label, &slot, e);
    if (code == 0)
        code = log_in(t, slot, pin, e);
    if (code == 0)
        code = find(t, CKO_SECRET_KEY, WRAPPER_LABEL, &t->wrapper, e);
    if (code != 0)
        token_free(t);
    else
        *ret = t;
    return code;
}

struct token *token_free(struct token *t)
{
    if (t == NULL)
        return NULL;
    if (t->is_open)
        t->call->C_CloseSession(t->session);
    if (t->is_initialized)
        t->call->C_Finalize(NULL);
    if (t->library != NULL)
        dlclose(t->library);
    free(t);
    return NULL;
}

void token_done(struct token **t)
{
    *t = token_free(*t);
}

int token_prepare(struct token *t, struct err *e)
{
    unsigned long len = 32;
    ck_object_class_t class = CKO_SECRET_KEY;
    ck_key_type_t type = CKK_AES;
    struct ck_mechanism make = {CKM_AES_KEY_GEN, NULL, 0};
    /* it wraps keys and does nothing else: who may decrypt with it could read what it wrapped */
    struct ck_attribute rows[] = {VALUE(CKA_CLASS, class),   VALUE(CKA_KEY_TYPE, type), VALUE(CKA_VALUE_LEN, len),
                                  FLAG(CKA_TOKEN, yes),      FLAG(CKA_PRIVATE, yes),    FLAG(CKA_SENSITIVE, yes),
                                  FLAG(CKA_EXTRACTABLE, no), FLAG(CKA_WRAP, yes),       FLAG(CKA_UNWRAP, yes),
                                  FLAG(CKA_ENCRYPT, no),     FLAG(CKA_DECRYPT, no),
                                  {CKA_LABEL, text_value(WRAPPER_LABEL), strlen(WRAPPER_LABEL)}};
    if (t->wrapper != 0)
        return 0;
    ck_rv_t rv = t->call->C_GenerateKey(t->session, &make, rows, COUNT(rows), &t->wrapper);
    return rv == CKR_OK ? 0 : token_fault(e, "it makes no AES key to wrap others with", rv);
}

bool token_answers(const struct token *t)
{
    struct ck_session_info info;
    return t->call->C_GetSessionInfo(t->session, &info) == CKR_OK && info.state == CKS_RW_USER_FUNCTIONS;
}

bool token_sign(const struct token *t, ck_object_handle_t private_key, const uint8_t digest[DIGEST_LEN],
                uint8_t ret[TOKEN_DIGEST_SIGNATURE])
{
    struct ck_mechanism ecdsa = {CKM_ECDSA, NULL, 0};
    uint8_t in[DIGEST_LEN];
    unsigned long len = TOKEN_DIGEST_SIGNATURE;
    memcpy(in, digest, sizeof in);
    return t->call->C_SignInit(t->session, &ecdsa, private_key) == CKR_OK &&
           t->call->C_Sign(t->session, in, sizeof in, ret, &len) == CKR_OK && len == TOKEN_DIGEST_SIGNATURE;
}

void token_forget(const struct token *t, ck_object_handle_t object)
{
    t->call->C_DestroyObject(t->session, object);
}

/* CKA_EC_POINT: by the standard in an OCTET STRING, with some makers bare */
static int point_of(const struct token *t, ck_object_handle_t public_key, uint8_t ret[KEY_POINT_LEN], struct err *e)
{
    uint8_t value[KEY_POINT_LEN + 2];
    struct ck_attribute row = {CKA_EC_POINT, value, sizeof value};
    ck_rv_t rv = t->call->C_GetAttributeValue(t->session, public_key, &row, 1);
    size_t skip = row.value_len == sizeof value ? 2 : 0;
    if (rv != CKR_OK || (row.value_len != sizeof value && row.value_len != KEY_POINT_LEN) || value[skip] != 4)
        return token_fault(e, "a key of it has no point on P-256", rv);
    memcpy(ret, value + skip, KEY_POINT_LEN);
    return 0;
}

/* A fresh pair: ${label} NULL for one of this session, which may leave wrapped; else it stays and may not. */
static int make(const struct token *t, const char *label, ck_object_handle_t *ret, uint8_t ret_point[KEY_POINT_LEN], struct err *e)
{
    const char *name = label != NULL ? label : "stemma-passing";
    unsigned char stays = label != NULL, leaves = label == NULL;
    ck_key_type_t type = CKK_EC;
    uint8_t curve[sizeof p256];
    struct ck_mechanism pair = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    struct ck_attribute public_rows[] = {{CKA_EC_PARAMS, curve, sizeof curve}, VALUE(CKA_KEY_TYPE, type),
                                         FLAG(CKA_TOKEN, stays), FLAG(CKA_VERIFY, yes),
                                         {CKA_LABEL, text_value(name), strlen(name)}};
    struct ck_attribute private_rows[] = {VALUE(CKA_KEY_TYPE, type),   FLAG(CKA_TOKEN, stays),       FLAG(CKA_PRIVATE, yes),
                                          FLAG(CKA_SENSITIVE, yes), FLAG(CKA_EXTRACTABLE, leaves), FLAG(CKA_SIGN, yes),
                                          {CKA_LABEL, text_value(name), strlen(name)}};
    ck_object_handle_t public_key;
    memcpy(curve, p256, sizeof curve);
    ck_rv_t rv = t->call->C_GenerateKeyPair(t->session, &pair, public_rows, COUNT(public_rows), private_rows,
                                            COUNT(private_rows), &public_key, ret);
    if (rv != CKR_OK)
        return token_fault(e, "it makes no P-256 key", rv);
    int code = point_of(t, public_key, ret_point, e);
    if (label == NULL)
        token_forget(t, public_key);
    return code;
}

static int wrap(struct arena *a, const struct token *t, ck_object_handle_t key, struct bytes *ret, struct err *e)
{
    struct ck_mechanism how = {CKM_AES_KEY_WRAP_PAD, NULL, 0};
    uint8_t wrapped[WRAPPED_MAX];
    unsigned long len = sizeof wrapped;
    ck_rv_t rv = t->call->C_WrapKey(t->session, &how, t->wrapper, key, wrapped, &len);
    if (rv != CKR_OK)
        return token_fault(e, "it does not wrap a key", rv);
    *ret = (struct bytes){(const uint8_t *)arena_dup(a, wrapped, len), len};
    return 0;
}

int token_key_new(struct arena *a, struct token *t, struct key **ret, struct bytes *ret_wrapped, struct err *e)
{
    ck_object_handle_t object;
    uint8_t point[KEY_POINT_LEN];
    if (t->wrapper == 0)
        return err_fault(e, "token: it is not prepared");
    int code = make(t, NULL, &object, point, e);
    if (code != 0)
        return code;
    code = wrap(a, t, object, ret_wrapped, e);
    if (code == 0)
        return token_key_of(t, object, true, point, ret, e);
    token_forget(t, object);
    return code;
}

int token_key_use(struct token *t, struct bytes wrapped, const uint8_t point[KEY_POINT_LEN], struct key **ret, struct err *e)
{
    struct ck_mechanism how = {CKM_AES_KEY_WRAP_PAD, NULL, 0};
    ck_object_class_t class = CKO_PRIVATE_KEY;
    ck_key_type_t type = CKK_EC;
    struct ck_attribute rows[] = {VALUE(CKA_CLASS, class),     VALUE(CKA_KEY_TYPE, type), FLAG(CKA_TOKEN, no),
                                  FLAG(CKA_PRIVATE, yes),      FLAG(CKA_SENSITIVE, yes),  FLAG(CKA_EXTRACTABLE, no),
                                  FLAG(CKA_SIGN, yes)};
    uint8_t copy[WRAPPED_MAX];
    ck_object_handle_t object;
    if (t->wrapper == 0 || wrapped.len > sizeof copy)
        return err_fault(e, "token: it did not wrap this key");
    memcpy(copy, wrapped.data, wrapped.len);
    ck_rv_t rv = t->call->C_UnwrapKey(t->session, &how, t->wrapper, copy, wrapped.len, rows, COUNT(rows), &object);
    return rv == CKR_OK ? token_key_of(t, object, true, point, ret, e) : token_fault(e, "it did not wrap this key", rv);
}

int token_key_keep(struct token *t, const char *label, struct key **ret, struct err *e)
{
    ck_object_handle_t object;
    uint8_t point[KEY_POINT_LEN];
    int code = find(t, CKO_PRIVATE_KEY, label, &object, e);
    if (code == 0 && object != 0)
        code = err_raise(e, ERR_EXISTS, "token", NULL, "the token has a key %s already", label);
    if (code == 0)
        code = make(t, label, &object, point, e);
    return code != 0 ? code : token_key_of(t, object, false, point, ret, e);
}

int token_key_find(struct token *t, const char *label, struct key **ret, struct err *e)
{
    ck_object_handle_t object, public_key;
    uint8_t point[KEY_POINT_LEN];
    int code = find(t, CKO_PRIVATE_KEY, label, &object, e);
    if (code == 0)
        code = find(t, CKO_PUBLIC_KEY, label, &public_key, e);
    if (code == 0 && (object == 0 || public_key == 0))
        code = err_raise(e, ERR_NOT_FOUND, "token", NULL, "the token has no key %s", label);
    if (code == 0)
        code = point_of(t, public_key, point, e);
    return code != 0 ? code : token_key_of(t, object, false, point, ret, e);
}
