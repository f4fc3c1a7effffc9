// SPDX-License-Identifier: GPL-2.0
#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "sparkline.h"
#include "term.h"
#include "top_columns.h"
#include "top_keys.h"
#include "top_text.h"
#include "top_view.h"

#define ESCAPE_DELAY_MS	25
#define HEAD_LINES	5	/* above the first class */
#define BAR_MIN		10
#define HELP_KEYS	28	/* columns */

enum pair { PAIR_NONE, PAIR_GREEN, PAIR_YELLOW, PAIR_RED };

static SCREEN *screen;

static void begin_colors(void)
{
	if (!term_wants_color(stdout) || !has_colors() || start_color() != OK)
		return;
	use_default_colors();
	init_pair(PAIR_GREEN, COLOR_GREEN, -1);
	init_pair(PAIR_YELLOW, COLOR_MAGENTA, -1);
	init_pair(PAIR_RED, COLOR_RED, -1);
}

bool top_view_begin(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	atexit(top_view_end);
	begin_colors();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY_MS);
	curs_set(0);
	return true;
}

void top_view_end(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void top_view_resize(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

unsigned int top_view_key(void)
{
	wint_t code;
	int kind = get_wch(&code);

	if (kind == ERR)
		return 0;
	if (kind == OK) {
		if (code == '\r' || code == '\n')
			return TOP_KEY_ENTER;
		if (code == 0x7f || code == '\b')
			return TOP_KEY_BACK;
		return code == 0x1b ? TOP_KEY_ESCAPE : code;
	}
	switch (code) {
	case KEY_UP:
		return TOP_KEY_UP;
	case KEY_DOWN:
		return TOP_KEY_DOWN;
	case KEY_PPAGE:
		return TOP_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TOP_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TOP_KEY_HOME;
	case KEY_END:
		return TOP_KEY_END;
	case KEY_ENTER:
	case KEY_RIGHT:
		return TOP_KEY_ENTER;
	case KEY_BACKSPACE:
	case KEY_LEFT:
		return TOP_KEY_BACK;
	default:
		return TOP_KEY_OTHER;
	}
}

/* As much as there is room for; the columns it took. */
static int put_text(int y, int x, int columns, const char *text)
{
	char *fits;
	int width;

	if (columns <= 0)
		return 0;
	fits = term_shorten(text, (size_t)columns);
	width = (int)term_width(fits, strlen(fits));
	mvaddstr(y, x, fits);
	free(fits);
	return width;
}

/* Likewise; @text is freed. */
static int put_own_text(int y, int x, int columns, char *text)
{
	int width = put_text(y, x, columns, text);

	free(text);
	return width;
}

static void put_sparkline(int y, int x, int columns, const struct sampler *s,
			  size_t index)
{
	char line[SPARKLINE_BYTES(HISTORY_SLOTS)];
	float history[HISTORY_SLOTS];

	sampler_history(s, index, history);
	sparkline(history, HISTORY_SLOTS, (size_t)columns, term_utf8(), line);
	mvaddstr(y, x, line);
}

static void draw_bar(int y, int x, int columns, double share)
{
	int inside = columns - 2, i;

	if (inside < BAR_MIN)
		return;
	mvaddch(y, x, '[');
	for (i = 0; i < inside; i++)
		addch(i < share * inside ? '|' : ' ');
	addch(']');
}

static void draw_link(const struct top *t)
{
	const struct sampler *s = &t->sampler;
	int used = put_own_text(1, 0, COLS, top_usage_text(s)) + 1;

	if (s->tree.rate)
		draw_bar(1, used, COLS - used, s->link.sent / (double)s->tree.rate);
	used = put_own_text(2, 0, COLS, top_load_text(s)) + 1;
	if (COLS - used >= HISTORY_SLOTS)
		put_sparkline(2, COLS - HISTORY_SLOTS, HISTORY_SLOTS, s, SIZE_MAX);
	else if (COLS - used >= BAR_MIN)
		put_sparkline(2, used, COLS - used, s, SIZE_MAX);
}

static void draw_title(const struct top *t)
{
	time_t now = time(NULL);
	char clock[16];

	strftime(clock, sizeof(clock), "%T", localtime(&now));
	put_own_text(0, 0, COLS - (int)strlen(clock) - 1, top_title_text(&t->sampler));
	put_text(0, COLS - (int)strlen(clock), (int)strlen(clock), clock);
}

static void draw_choice(const struct top *t)
{
	const char *note = t->paused ? "STOPPED: Space goes on" :
			   t->news ? t->news : "?: help";
	int width = (int)term_width(note, strlen(note));

	if (t->prompt == TOP_FILTER) {
		put_own_text(3, 0, COLS, mem_printf("/%s_", t->typed));
		return;
	}
	if (width > COLS / 2)
		width = COLS / 2;
	put_own_text(3, 0, COLS - width - 1, top_choice_text(t));
	attron(A_BOLD);
	put_text(3, COLS - width, width, note);
	attroff(A_BOLD);
}

static void draw_headings(const struct top_layout *l)
{
	int x = l->name, i;

	attron(A_REVERSE);
	mvhline(4, 0, ' ', COLS);
	put_text(4, 0, l->name, "CLASS");
	for (i = 0; i < N_TOP_COLUMNS; i++) {
		if (!l->has[i])
			continue;
		mvprintw(4, x + 1, "%*s", top_column_width(i), top_heading(i));
		x += top_column_width(i) + 1;
	}
	if (l->spark)
		put_text(4, x + 1, l->spark, "MINUTE");
	attroff(A_REVERSE);
}

static attr_t cell_color(const struct sampler *s, size_t index, enum top_column column)
{
	const struct rates *r = &s->rates[index];

	if (column == TOP_DROPS && r->drops > 0)
		return (attr_t)COLOR_PAIR(PAIR_RED) | A_BOLD;
	if (column != TOP_SENT)
		return A_NORMAL;
	switch (rate_state(r, s->tree.classes[index].rate, s->ceil[index])) {
	case RATE_AT_CEIL:
		return (attr_t)COLOR_PAIR(PAIR_YELLOW) | A_BOLD;
	case RATE_OVER:
		return (attr_t)COLOR_PAIR(PAIR_GREEN) | A_BOLD;
	default:
		return A_NORMAL;
	}
}

static void draw_row(const struct top *t, const struct top_layout *l, size_t row, int y)
{
	const struct top_row *r = &t->model.rows[row];
	int indent = (int)r->indent * 2, x = l->name, i;
	attr_t whole = row == t->model.cursor ? A_REVERSE : A_NORMAL, cell;
	char buf[SHORT_TEXT_MAX];

	attrset(whole);
	mvhline(y, 0, ' ', COLS);
	indent = indent < l->name / 2 ? indent : l->name / 2;
	put_own_text(y, indent, l->name - indent,
		     top_model_path(&t->model, &t->sampler, row));
	for (i = 0; i < N_TOP_COLUMNS; i++) {
		if (!l->has[i])
			continue;
		cell = has_colors() ? cell_color(&t->sampler, r->index, i) : A_NORMAL;
		attrset(whole | cell);
		mvprintw(y, x + 1, "%*s", top_column_width(i),
			 top_cell(&t->sampler, r->index, i, buf));
		x += top_column_width(i) + 1;
	}
	attrset(whole);
	if (l->spark)
		put_sparkline(y, x + 1, l->spark, &t->sampler, r->index);
	attrset(A_NORMAL);
}

static void draw_help(void)
{
	int i;

	for (i = 0; top_help[i][0] && i + 1 < LINES; i++) {
		put_text(i, 0, HELP_KEYS - 1, top_help[i][0]);
		put_text(i, HELP_KEYS, COLS - HELP_KEYS, top_help[i][1]);
	}
	put_text(i, 0, COLS, "Any key goes back.");
}

static void draw_tree(struct top *t)
{
	struct top_layout l;
	size_t i;

	top_layout_fit(&l, COLS, true);
	top_model_resize(&t->model, LINES > HEAD_LINES ? (size_t)(LINES - HEAD_LINES) : 0);
	draw_title(t);
	draw_link(t);
	draw_choice(t);
	draw_headings(&l);
	for (i = 0; i < t->model.height && t->model.first + i < t->model.n_rows; i++)
		draw_row(t, &l, t->model.first + i, HEAD_LINES + (int)i);
}

void top_view_draw(struct top *t)
{
	erase();
	if (t->prompt == TOP_HELP)
		draw_help();
	else if (t->why)
		put_own_text(0, 0, COLS * 2, mem_printf("%s", t->why));
	else
		draw_tree(t);
	refresh();
}
