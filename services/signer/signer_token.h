/*
 * The token that keys lie in, where a lab has one: `authority/token` names it, by the vendor's PKCS#11 library, the token's
 * label and the file of its PIN. In place of its PEM an authority's key then has a line that names its label. Without
 * `authority/token` keys lie in files.
 */
#pragma once
#include "crypto/token.h"

/** signer_token_open(a, authority, ret, e): the token that the folder names, logged in; NULL when it names none. */
int signer_token_open(struct arena *a, const char *authority, struct token **ret, struct err *e);

/** signer_token_text(a, place, pin_path): what `authority/token` says. signer_token_reference(a, label): what stands in
 *  place of a key. In ${a}. */
struct bytes signer_token_text(struct arena *a, const struct token_place *place, const char *pin_path);
struct bytes signer_token_reference(struct arena *a, const char *label);

/** signer_token_label(a, file, ret): is ${file} such a line? Its label then, in ${a}. */
bool signer_token_label(struct arena *a, struct bytes file, const char **ret);

/** signer_token_pin(a, path, place, ret, e): the token at ${place}, opened by the PIN that is the file's one line. */
int signer_token_pin(struct arena *a, const char *path, const struct token_place *place, struct token **ret, struct err *e);

/** signer_token_is_asked(argc, argv): the command line begins with --token. signer_token(argc, argv): it prepares a token for
 *  the keys of people made from now on and names it in `authority/token`; exit status. */
bool signer_token_is_asked(int argc, char **argv);
int signer_token(int argc, char **argv);
