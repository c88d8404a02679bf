/* SPDX-License-Identifier: ISC
 * What a screen is, and what screens share: the stack of them, the diagnosis
 * looked at, the paste, the state of the steps. */
#ifndef WB_SCREEN_H
#define WB_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/diagnosis.h"
#include "engine/remedy/apply.h"
#include "engine/report/casefile.h"
#include "engine/waiting.h"
#include "engine/world/run.h"
#include "tui/app.h"
#include "tui/draw.h"
#include "tui/input.h"
#include "tui/keys.h"
#include "tui/lists.h"
#include "tui/page.h"
#include "tui/trying.h"

struct app;
struct front;

/* One screen: a row of functions. Its keys are the only ones it gets besides
 * those that work everywhere. */
struct screen {
	const char *name;       /* "verdict", for tests */
	const char *title;      /* msgid, for the help */
	int stage;              /* 1 Bounce, 2 Checks, 3 Fix, 4 Done; 0: none */
	bool text;              /* characters are data */
	struct screen_key keys[SCREEN_KEYS_MAX];
	void (*enter)(struct app *app);         /* may be NULL */
	void (*draw)(struct app *app, struct page *page);
	/* Is what is to be shown still being found out? Line mode waits for
	 * it, telling each result once. NULL: never. */
	bool (*busy)(const struct app *app);
	/* True: done. False: what the action does everywhere. May be NULL. */
	bool (*act)(struct app *app, enum action action,
	    const struct key *key);
	/* On a TEXT screen: the line that is typed; what else changes with it
	 * (may be NULL); and its characters, when they are not just added to
	 * the line (may be NULL). */
	struct str *(*line)(struct app *app);
	void (*changed)(struct app *app);
	void (*type)(struct app *app, const struct key *key);
};

extern const struct screen screen_start, screen_cases, screen_ask, screen_demos,
    screen_log, screen_logfile, screen_queue, screen_filter, screen_paste,
    screen_second, screen_asked, screen_kind,
    screen_view, screen_search, screen_verdict, screen_checks, screen_findings,
    screen_step,
    screen_evidence, screen_wait, screen_done, screen_letter,
    screen_flush, screen_apply, screen_test, screen_help;

struct layer {
	const struct screen *screen;
	struct place place;
};
#define APP_LAYERS 16    /* each screen is on the stack once */

/* Pasted or typed text; more than this is counted and left out, in plain
 * sight. */
#define PASTE_MAX (1u << 20)
struct paste {
	struct str text;        /* as it came, line ends fixed when read */
	size_t received;        /* octets, the left-out ones too */
	size_t lines;           /* likewise */
	size_t first;           /* of TEXT: pasted before, not used yet */
	bool marked;            /* with marks: its begin and end are known */
	bool receiving;
	bool read;              /* app->diagnosis has read it as it is now */
	bool used;              /* the user went on with it */
};


/* More than these are not waited for at the same time. */
#define WAITS_MAX 4

enum app_leaving { LEAVE_NOT, LEAVE_QUIT, LEAVE_SIGNAL, LEAVE_GONE };

struct app {
	const struct app_options *options;
	const struct front *front;
	int64_t shown_at;                /* when it was drawn last */
	const struct screen *drawn;      /* and which screen that was */

	struct diagnosis *diagnosis;     /* looked at; NULL: none yet */
	struct diagnosis *own;           /* the same when made here */
	struct diagnosis_options asked;  /* what own was made from */
	char *asked_text;                /* a domain or file name for it */
	bool started, stopped;
	int64_t started_at;
	const char *demo;                /* id of the demo shown, or NULL */

	struct layer layers[APP_LAYERS];
	size_t depth;
	bool dirty;
	bool keyed;                      /* a key came since it was drawn last */
	struct str message;              /* clean */
	/* on the checks screen: what the row selected said then, that all is
	 * over, and how long it took */
	struct str told;
	bool end_told;
	int seconds;
	bool brief;                      /* its rows are cut short */
	int n_items;                     /* on the page drawn last */
	size_t page_size;                /* rows that scroll on it */
	bool small;                      /* the window is too small */

	struct lists *lists;
	struct paste paste;
	struct str typed;                /* on the ask screen */
	enum {
		ASK_FILE, ASK_DOMAIN, ASK_REPORT, ASK_REASON, ASK_VALUE,
		ASK_RECIPIENT, ASK_SENDER,
		ASK_INPUT
	} asking;

	struct trying trying;            /* a test message */
	/* why mail was refused before the test that came back; NULL: what is
	 * looked at is no test */
	const struct refusal_class *before;

	size_t step;                     /* on the step screen */
	const char *panel;               /* whose cards are shown; NULL: fields */
	size_t copied;                   /* next value to copy */
	bool steps_seen;
	struct applying *applying;       /* on the apply screen, or NULL */
	struct run *flushing;            /* postqueue -f, or NULL */
	struct str made;                 /* changes made on this server: a line
	                                    each with id and title, clean */

	/* the case as it is saved; its steps are those of the plan, and those
	 * dealt with that the plan no longer has */
	struct casefile saved;
	struct arena *kept;              /* its strings */
	bool resumed;                    /* it was saved earlier */
	bool is_saved;                   /* the last save worked */
	struct str save_fault;           /* why it did not */
	/* the steps waited for over the network, and the one on the screen */
	struct wait { char id[64]; struct waiting *waiting; } waits[WAITS_MAX];
	size_t n_waits;
	char waiting[64];
	time_t ticked;                   /* the second drawn last */
	struct str checking;             /* id of the step looked at again */
	struct arena *cases_arena;
	struct casefile *cases;          /* saved ones, newest first */
	size_t n_cases, cases_left_out;
	const char *cases_fault;         /* of one that was left out, or NULL */

	/* what the evidence screen is about: a finding, a row, or all */
	enum { EVIDENCE_ALL, EVIDENCE_FINDING, EVIDENCE_ROW } about;
	char about_id[64];
	size_t about_row;
	bool evidence_all;

	enum jump { JUMP_NOWHERE, JUMP_FIRST, JUMP_NEXT, JUMP_PREVIOUS } jump;

	struct str search;               /* looked for in a text screen */
	size_t found;                    /* the part of its page looked at */
	enum jump search_jump;

	time_t fixed_time;               /* tests: what time it is; 0: now */
	char host[128];                  /* clean; for the title */
	enum app_leaving leaving;
	bool quit_asked;
	int signo;
	struct input input;
	int sync_fd;
	unsigned long syncs, reads, sizes;      /* for the marks of tests */
	bool marked;                     /* since it was drawn last */
};

time_t app_time(const struct app *app);  /* of day */
int app_sooner(int a, int b);            /* of two timeouts; -1: never */

/* Show SCREEN: on top of the stack, or back to it when it is there. */
void app_go(struct app *app, const struct screen *screen);
void app_back(struct app *app);
const struct screen *app_screen(const struct app *app);
struct place *app_place(struct app *app);

/* One line above the keys, until the next key. Cleaned here. */
void app_say(struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* takeaway.c: VALUE to the clipboard (NULL: there is nothing to copy); and
 * LINES, clean, alone on the normal screen until Enter. app_say() says what
 * came of it. */
void app_copy(struct app *app, const char *value);
void app_print(struct app *app, const char *lines);
/* Leave the screen to another program, and take it back, with READ once the user
 * has read what stands there; what was typed for that one (Ctrl-C) is not for
 * us. */
void app_lend_screen(void);
void app_take_screen(struct app *app, bool read);
/* The user's shell, until it ends. */
void app_shell(struct app *app);

/* stage.c: draw the screen on top; do what KEY means on it. */
void stage_draw(struct app *app);
void stage_key(struct app *app, const struct key *key);

/* app.c: begin on the first screen, and give everything back. */
void app_init(struct app *app, struct diagnosis *diagnosis,
    const struct app_options *options);
void app_clear(struct app *app);

/* session.c: the diagnosis looked at. */

/* Show what is in the file NAME: a log as a list, anything else as a bounce.
 * When that cannot be, app_say() has said why. */
void session_file(struct app *app, const char *name);

/* Make a new diagnosis from the command line's options with these changes and
 * read TEXT (NULL: nothing to read). False: app_say() has said why. */
bool session_new(struct app *app, const struct diagnosis_options *options);
bool session_paste(struct app *app);
bool session_text(struct app *app, const char *name, const char *text,
    size_t len);
bool session_demo(struct app *app, size_t index);
bool session_domain(struct app *app, const char *domain);
void session_close(struct app *app);

/* Start looking, unless that has happened. */
void session_look(struct app *app);
/* Start looking at another bounce, or another kind of it: a case with steps of
 * its own. */
void session_afresh(struct app *app);
/* Ask again; ALL: everything. */
void session_again(struct app *app, bool all);
/* Look at this server again, and ask for the names of the N CHANGES. */
void session_refresh(struct app *app, const struct change *changes, size_t n);
/* What the diagnosis looked at was made from. */
const struct diagnosis_options *session_options(const struct app *app);
/* Give up asking: what is missing becomes unknown. */
void session_stop(struct app *app);
bool session_looking(const struct app *app);
size_t session_pending(const struct app *app);

/* The results so far; NULL before session_look(). */
const struct findings *session_findings(const struct app *app);
const struct plan *session_plan(const struct app *app);
const struct bounce *session_bounce(const struct app *app);
/* What was read is a message that arrived, not a bounce. */
bool session_is_received(const struct app *app);
/* There is a bounce, or such a message, in what was read. */
bool session_has_message(const struct app *app);

/* session_steps.c: how far the steps are. */

/* Take the plan's steps into the list of them, once looking has ended. */
void session_sync_steps(struct app *app);
/* All steps: the plan's, and between them those that are done with. */
const struct case_step *session_steps(const struct app *app, size_t *n);
/* The one named ID; NULL: it is not known any more. */
const struct case_step *session_remembered(const struct app *app,
    const char *id);
/* The place in the plan of the first one from FROM on that is open and has to be
 * done; SIZE_MAX: there is none. */
size_t session_next_open(const struct app *app, size_t from);
/* Where STEP stands among all of them, counted from 1, and their number. */
size_t session_step_number(const struct app *app, const struct step *step);
size_t session_step_place(const struct app *app, const char *id);
size_t session_step_count(const struct app *app);

enum step_state session_step(const struct app *app, const struct step *step);
/* Why it was skipped, what was seen; or NULL. */
const char *session_step_note(const struct app *app, const struct step *step);
/* Remember the state of a step, and save the case. NOTE may be NULL. */
void session_settle(struct app *app, const struct step *step,
    enum step_state state, const char *note);
/* The same for one that is remembered already. */
void session_settle_id(struct app *app, const char *id,
    enum step_state state, const char *note);
/* Was anything done about any step? */
bool session_touched(const struct app *app);
/* Steps still open or waited for that are not alternatives of another. */
size_t session_open_steps(const struct app *app);
/* Look at this server again for STEP; session_checked() says what came of it
 * once that has ended. */
void session_check(struct app *app, const struct step *step);
void session_checked(struct app *app);

/* session_save.c: the case on the disk. */

/* Save the case as it is. False: app_say() has said why. */
bool session_save(struct app *app);
/* Save what should not get lost when the program ends. */
void session_save_on_leave(struct app *app);
/* Go on with the case NAME (NULL: the newest). False: said why. */
bool session_resume(struct app *app, const char *name);

/* paste.c: octets of a paste, from any screen. */
void paste_begin(struct app *app, bool marked);
void paste_add(struct app *app, const unsigned char *data, size_t len);
void paste_end(struct app *app);
/* Read what was pasted so far. False: there is nothing to be read. */
bool paste_read(struct app *app);

/* screens/list.c: the log's or the queue's list, the filter screen's too. */
void list_draw(struct app *app, struct page *page);

/* search.c, for screens of text: mark on their page what is searched for and
 * go where search_act() said; what its keys do (false: nothing to search for);
 * forget it, when the screen is entered. */
void search_rows(struct app *app, struct page *page);
bool search_act(struct app *app, enum action action);
void search_clear(struct app *app);

/* change.c: the value to copy number I of STEP, one clean line; NULL past the
 * last. Arena-owned. */
const char *step_value(struct arena *arena, const struct step *step,
    size_t i);
/* What to change, and what looks right but does not help. */
void changes_rows(struct page *page, const struct step *step);
void wrong_fixes_rows(struct page *page, const struct step *step);

/* Each line of TEXT, clean, as it is; and what a transaction would change, and
 * run. */
void line_rows(struct page *page, const char *text);
void transaction_rows(struct page *page, const struct transaction *t);

/* start.c: go on with a saved case; false: said why not. */
bool start_resume(struct app *app, const char *name);

/* waits.c: waiting for DNS, beside whatever else goes on. */

/* Begin to wait for the remembered step ID, unless that is so; NULL: nothing
 * can be asked (a recording, or app_say() has said why). */
struct waiting *waits_begin(struct app *app, const char *id);
struct waiting *waits_find(const struct app *app, const char *id);
/* Wait again for what a saved case was waiting for. */
void waits_resume(struct app *app);
/* Wait for ID no more; for none. */
void waits_drop(struct app *app, const char *id);
void waits_end(struct app *app);
/* The poll loop: as for diagnosis_poll() and diagnosis_io(). */
size_t waits_poll(struct app *app, struct pollfd *fds, int *timeout);
#define WAITS_MAX_FDS (WAITS_MAX * WAITING_MAX_FDS)
void waits_io(struct app *app, const struct pollfd *fds, size_t n);
/* How many of *SERVERS name servers have the whole of it. */
size_t waits_right(const struct watch_view *view, size_t *servers);
/* Answers on their way, of all waits. */
bool waits_asking(const struct app *app);
/* The language is another: what is known is said in it. */
void waits_reword(struct app *app);
/* wait_rows.c: what the servers say, and what that means, before it or after
 * it. */
void wait_rows(struct page *page, const struct waiting *waiting,
    bool meaning_first, time_t now);
/* Does the wait screen show a time that counts down? */
bool wait_counts(const struct app *app);

/* apply.c: can anything of STEP be done here by the program? Show what it would
 * change on this server, and ask; app_say() has said why when it cannot be. And
 * forget it. */
bool apply_possible(const struct app *app, const struct step *step);
void apply_begin(struct app *app, const struct step *step);
void apply_end(struct app *app);
/* Is it being worked out, or made? Stop making it, if that can be; false: it is
 * not being made. */
bool applying_busy(const struct app *app);
bool applying_stop(struct app *app);
/* The poll loop: as for diagnosis_poll() and diagnosis_io(). */
#define APPLYING_FDS APPLY_FDS
size_t applying_poll(const struct app *app, struct pollfd *fds, int *timeout);
void applying_io(struct app *app);

/* flush.c: the same for postqueue -f. */
#define FLUSH_FDS RUN_FDS
size_t flush_poll(const struct app *app, struct pollfd *fds, int *timeout);
void flush_io(struct app *app);

/* ask.c: recipient and sender of the test message. */
void ask_test(struct app *app);

/* received.c: a message that arrived, where a bounce would be told. */
void received_rows(struct app *app, struct page *page);

/* letter.c: the step for which the hosting firm is to be asked; NULL: none. */
const struct step *letter_step(const struct app *app);

/* wait.c: STEP was published, as the user says: see whether it is right and
 * wait until it is everywhere. And the same for one remembered. */
void wait_for(struct app *app, const struct step *step);
void wait_again(struct app *app, const char *id);

/* step.c */
/* Skip the step looked at, for REASON (NULL: none was given). */
void step_skip(struct app *app, const char *reason);
/* What there is to copy in the form shown, one value a line. */
void step_values(struct app *app, struct arena *arena, struct str *out);
/* The step looked at, or NULL. */
const struct step *step_current(struct app *app);
/* Who has to act: "DNS panel", translated. */
const char *step_place(const struct step *step);

/* A size for people: "48.2 KB". */
const char *size_text(struct arena *arena, size_t octets);

/* evidence.c: what FINDING rests on, in its order; returns how many facts.
 * And what a row of the checks says: its most important finding, or NULL. */
size_t evidence_rows(struct page *page, const struct facts *facts,
    const struct finding *finding);
const struct finding *row_finding(const struct findings *findings, size_t row);

enum tag finding_tag(const struct finding *finding);
/* The step that cures a finding: its index, or that of the first step; n when
 * there are no steps. */
size_t finding_step(const struct plan *plan, const struct finding *finding);

#endif
