/* SPDX-License-Identifier: ISC
 * Starting another program: found by name, run with an argument vector, never
 * through a shell (design.md 6). run.h waits for what it says. */
#ifndef WB_CHILD_H
#define WB_CHILD_H

#include <sys/types.h>

#include "engine/base/arena.h"

/* The path of the program NAME in $PATH and the directories of system
 * programs; NULL: there is none. Only absolute directories count, never the
 * one we stand in. */
const char *child_find(struct arena *arena, const char *name);

/* Run PROGRAM with ARGV (NULL-terminated) in a process group of its own, so
 * that the terminal's signals do not reach it and its children can be ended
 * with it. Standard input is /dev/null; OUT and ERR become its outputs.
 * Returns its process id, which the caller waits for; 0: errno says why. */
pid_t child_start(const char *program, const char *const *argv, int out,
    int err);

/* The same with IN as its standard input. */
pid_t child_start_reading(const char *program, const char *const *argv,
    int in, int out, int err);

/* The same in the foreground: in our own process group, so that it can ask on
 * the terminal, with our standard error. */
pid_t child_start_in_front(const char *program, const char *const *argv,
    int in, int out);

#endif
