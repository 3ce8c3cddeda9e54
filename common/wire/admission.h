/*
 * Who may connect: the process's ZAP handler (RFC 27), an actor of the thread that zactor_new starts. Only CURVE, only in
 * the domain "stemma", only keys of the folder. Every connection learns its key as `User-Id`. CZMQ's own handler is not
 * used: it ends the process when one key stands in two files.
 */
#pragma once
#include <czmq.h>

#include "wire/keys.h"

/** admission(pipe, keys): until $TERM; ${keys}, a struct wire_keys, is its own while it runs. Sends one signal when it
 *  listens: 0, or 1 when another one does in this process. */
void admission(zsock_t *pipe, void *keys);
