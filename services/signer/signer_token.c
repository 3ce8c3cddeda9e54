#include "signer_token.h"

#include <stdio.h>
#include <string.h>

#include "file/file.h"

#define LINE_MAX_LEN 300
#define PIN_MAX 255

static const char token_format[] = "stemma-token/1\nmodule %s\nlabel %s\npin %s\n";
static const char reference[] = "stemma-token-key/1 ";

struct bytes signer_token_text(struct arena *a, const struct token_place *place, const char *pin_path)
{
    const char *text = arena_printf(a, token_format, place->module, place->label, pin_path);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct bytes signer_token_reference(struct arena *a, const char *label)
{
    const char *text = arena_printf(a, "%s%s\n", reference, label);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool signer_token_label(struct arena *a, struct bytes file, const char **ret)
{
    size_t len = sizeof reference - 1;
    if (file.len < len + 2 || memcmp(file.data, reference, len) != 0 || file.data[file.len - 1] != '\n')
        return false;
    *ret = arena_dup(a, file.data + len, file.len - len - 1);
    return true;
}

int signer_token_pin(struct arena *a, const char *path, const struct token_place *place, struct token **ret, struct err *e)
{
    struct bytes pin;
    int code = file_read(a, path, PIN_MAX, &pin, e);
    if (code != 0)
        return err_fault(e, "cannot read the token's PIN in %s", path);
    union {
        const uint8_t *readable;
        void *own;                /* the arena's copy, ours to wipe */
    } copy = {pin.data};
    const uint8_t *end = memchr(pin.data, '\n', pin.len);
    code = token_open(place, (struct bytes){pin.data, end != NULL ? (size_t)(end - pin.data) : pin.len}, ret, e);
    explicit_bzero(copy.own, pin.len);
    return code;
}

/* the values of the three lines; a name holds no line feed, so that it reads back as it was written */
static int parse(struct arena *a, struct bytes file, struct token_place *ret, const char **ret_pin, struct err *e)
{
    char module[LINE_MAX_LEN], label[LINE_MAX_LEN], pin[LINE_MAX_LEN];
    if (sscanf((const char *)file.data, "stemma-token/1\nmodule %299[^\n]\nlabel %299[^\n]\npin %299[^\n]\n", module, label, pin) != 3)
        return err_fault(e, "the file `token` of the authority is damaged");
    *ret = (struct token_place){arena_text(a, module), arena_text(a, label)};
    *ret_pin = arena_text(a, pin);
    struct bytes again = signer_token_text(a, ret, *ret_pin);
    return again.len == file.len && memcmp(again.data, file.data, file.len) == 0
               ? 0 : err_fault(e, "the file `token` of the authority is damaged");
}

int signer_token_open(struct arena *a, const char *authority, struct token **ret, struct err *e)
{
    struct token_place place;
    struct bytes file;
    const char *pin;
    int code = file_read(a, arena_printf(a, "%s/token", authority), 4 * LINE_MAX_LEN, &file, e);
    if (code == ERR_NOT_FOUND)
        return 0;
    if (code == 0)
        code = parse(a, file, &place, &pin, e);
    return code != 0 ? code : signer_token_pin(a, pin, &place, ret, e);
}

bool signer_token_is_asked(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "--token") == 0;
}

static int prepare(struct arena *a, const char *dir, const struct token_place *place, const char *pin, struct err *e)
{
    CLEANUP(token_done) struct token *t = NULL;
    int code = signer_token_pin(a, pin, place, &t, e);
    if (code == 0)
        code = token_prepare(t, e);
    return code != 0 ? code
                     : file_create(arena_printf(a, "%s/authority/token", dir), signer_token_text(a, place, pin), 0600, e);
}

int signer_token(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: stemma-signer --token DIR MODULE LABEL PIN-FILE\n"
              "Prepares the token LABEL of the PKCS#11 library MODULE, and names it in DIR/authority/token: people's keys are made\n"
              "in it from then on. Keys made before stay in their files until they are renewed. Start the signer anew.\n", stderr);
        return 2;
    }
    struct arena *a = arena_new(0);
    struct err e;
    int code = prepare(a, argv[2], &(struct token_place){argv[3], argv[4]}, argv[5], &e);
    if (code != 0)
        fprintf(stderr, "stemma-signer: %s\n", e.text);
    arena_free(a);
    return code == 0 ? 0 : 1;
}
