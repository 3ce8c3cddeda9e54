/*
 * The handlers that main.c binds to the rows of custody.verbs.def.
 */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/custody.verbs.def"
#undef VERB
