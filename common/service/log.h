/*
 * The one logger: JSON lines on stderr (service_log in service/service.h). Only the frame and services log; libraries
 * return what they have to say.
 */
#pragma once

/** log_name(name): the instance's name in every line; borrowed for the program's life. */
void log_name(const char *name);
