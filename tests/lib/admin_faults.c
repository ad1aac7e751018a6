/*
 *	admin_faults DATA SHARE ACCOUNT KEY <requests
 *
 * Asks the admin in this process, first as it is, then again and again, each time with another
 * one of its allocations or store operations failing. Prints TAP: a line for each request.
 *
 * A request is a line of words, parted by tabs:
 *
 *	GET   /gateways/gw-one
 *	POST  /lns/new  lns_id=x  uri=wss://lns.example.com
 *	STEPS /move  uri=https://cups.example.com
 *	API   POST  /api/v3/gateways  {"gateway":{}}
 *
 * A field that begins with `@` is a file (name=@/path), `version=@@/path` the version that the
 * form at that address carries. KEY opens the API; ACCOUNT has to be an admin.
 *
 * What must hold however it fails:
 *
 *	- what was stored is not answered as an error, nor the other way round (but for STEPS,
 *	  which may end in the middle, and 5xx of the API);
 *	- an answer with 200 is whole;
 *	- no transaction and no file stays open.
 *
 * Data that a request has changed are put back before the next.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/admin.h"
#include "auth/session.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "json/reader.h"
#include "store/engine.h"
#include "tests/lib/faulty.h"
#include "web/body.h"

#define NOW "2026-11-22T12:00:00Z"
#define WORDS_MAX 40
#define FOUND_MAX 5	 /* faults that are told of one request */
#define STORE_FAULTS 150 /* of one request */
#define SEEN_MAX 3 /* an allocation fails so often at the same place in the code */

/* ---- the data, and putting them back -------------------------------------------------------- */

static const char *data_path, *share;
static struct admin *admin;

static void
stop(const char *what, const struct fault *fault)
{
	printf("Bail out! %s: %s\n", what, fault->text);
	exit(1);
}

static void
open_admin(void)
{
	static struct admin_settings s = {.public_url = "https://admin.example.com",
	    .program = "admin.fcgi",
	    .seal_path = "",
	    .session = {.idle = 7200, .absolute = 72000, .wait_ms = 1000},
	    .sign_in_failures = 10,
	    .password_cost = 1,
	    .key_failures = 100000,
	    .upload_limit = 1 << 20,
	    .server_url = "https://example.com",
	    .config_path = "",
	    .cups = {.push_limit = 5,
		.default_lns = "",
		.cups_uri = "https://cups.example.com:443",
		.update_channel = "stable",
		.allow_redirect = true,
		.firmware = {.attempts = 3, .downloads = 10, .minimum_rate = 1000}},
	    .kick = {.mqtt_server = "",
		.firmware_url = "",
		.update_channel = "stable",
		.public_url = "https://example.com"}};
	struct fault fault = {0};

	s.data_path = data_path;
	s.share = share;
	if (admin_open(&s, &admin, &fault) != E_OK)
		stop("admin_open", &fault);
	faulty_store(admin->data.registry);
	faulty_store(admin->data.ledger);
}

static void
copy_folder(const char *from, const char *to)
{
	struct strbuf command;

	strbuf_init(&command, 4096);
	strbuf_printf(&command, "rm -rf '%s' && cp -R -p '%s' '%s'", to, from, to);
	if (command.err != E_OK || system(strbuf_str(&command)) != 0)
		stop("cp", &(struct fault){.text = "failed"});
	strbuf_clear(&command);
}

static char kept_path[1024];

static void
put_back(void)
{
	admin_close(admin);
	faulty_stores_closed();
	copy_folder(kept_path, data_path);
	open_admin();
}

/* ---- one request ------------------------------------------------------------------------------ */

struct asked {
	bool steps; /* it makes several changes, one after the other */
	const char *method, *uri, *type, *key;
	const char *cookie;
	struct span body;
};

struct answered {
	int status, err;
	struct strbuf body;
	char location[400];
	unsigned commits;
};

static struct span coming; /* of the body */

static int
body_comes(void *buf, size_t n, size_t *got)
{
	*got = n < coming.len ? n : coming.len;
	if (*got > 0)
		memcpy(buf, coming.data, *got);
	coming = span_from(coming, *got);
	return E_OK;
}

static const struct transport transport = {
    .name = "test", .framed = true, .read = body_comes};

#define VARIABLES 12
#define VARIABLE 2048

static void
put_variables(const struct asked *a, char text[VARIABLES][VARIABLE], char **list)
{
	const char *question = strchr(a->uri, '?');
	int path = question != NULL ? (int)(question - a->uri) : (int)strlen(a->uri);
	int n = 0;

	snprintf(text[n++], VARIABLE, "REQUEST_METHOD=%s", a->method);
	snprintf(text[n++], VARIABLE, "REQUEST_URI=%s", a->uri);
	snprintf(text[n++], VARIABLE, "SCRIPT_NAME=%.*s", path, a->uri);
	snprintf(text[n++], VARIABLE, "QUERY_STRING=%s",
	    question != NULL ? question + 1 : "");
	snprintf(text[n++], VARIABLE, "CONTENT_LENGTH=%zu", a->body.len);
	snprintf(text[n++], VARIABLE, "REMOTE_ADDR=198.51.100.7");
	snprintf(text[n++], VARIABLE, "HTTP_ORIGIN=https://admin.example.com");
	if (a->type != NULL)
		snprintf(text[n++], VARIABLE, "CONTENT_TYPE=%s", a->type);
	if (a->key != NULL)
		snprintf(text[n++], VARIABLE, "HTTP_AUTHORIZATION=Bearer %s", a->key);
	if (a->cookie != NULL)
		snprintf(
		    text[n++], VARIABLE, "HTTP_COOKIE=__Host-gatehouse=%s", a->cookie);
	for (int i = 0; i < n; i++)
		list[i] = text[i];
	list[n] = NULL;
}

/* As src/app does it. */
static int
serve(struct request *req, struct response *res, struct fault *fault)
{
	const struct route *routes;
	unsigned allow;
	size_t count;
	int err, end;

	routes = admin_routes(&count);
	if ((err = route_request(req, routes, count, &allow)) != E_OK)
		return err;
	if ((req->route->flags & ROUTE_READS) == 0)
		err = body_read_all(req, req->route->max_body, fault);
	else
		err = body_begin(req, req->route->max_body, fault);
	if (err != E_OK)
		return err;
	err = req->route->handler(req, res, admin);
	if ((req->route->flags & ROUTE_READS) != 0 &&
	    (end = body_end(req, fault)) != E_OK && err == E_OK)
		return end;
	return err;
}

static void
take_location(const struct response *res, char out[400])
{
	const char *at = strstr(strbuf_str(&res->head), "Location: ");

	out[0] = '\0';
	if (at != NULL)
		snprintf(out, 400, "%.*s", (int)strcspn(at + 10, "\r\n"), at + 10);
}

static void
ask(const struct asked *a, enum fault_sort sort, unsigned long number,
    struct answered *to)
{
	static char text[VARIABLES][VARIABLE];
	static char *list[VARIABLES + 1];
	static const struct request_rules rules = {.prefix = {0}};
	struct fault fault = {0};
	struct response res;
	struct request req;
	struct arena arena;
	struct strbuf note;
	int err;

	put_variables(a, text, list);
	coming = a->body;
	arena_init(&arena, 64 << 20);
	strbuf_init(&note, 4096);
	response_init(&res);
	res.error_form = a->key != NULL ? response_error_json : admin_error_form;
	err = request_begin(&req, &rules, &transport, list, &arena, &note, &fault);
	faulty_begin(sort, number);
	if (err == E_OK)
		err = serve(&req, &res, &fault);
	faulty_end();
	if (err != E_OK)
		response_error(&res, err, fault.text);
	to->err = err;
	to->status = res.status;
	to->commits = faulty_commits();
	strbuf_reset(&to->body);
	strbuf_put(&to->body, res.body.data, res.body.len);
	take_location(&res, to->location);
	response_clear(&res);
	strbuf_clear(&note);
	arena_clear(&arena);
}

/* ---- what is to be sent ------------------------------------------------------------------------ */

static char cookie[SESSION_TOKEN];

static void
get(const char *uri, struct answered *a)
{
	ask(&(struct asked){.method = "GET", .uri = uri, .cookie = cookie}, FAULT_NONE,
	    0, a);
}

/* The value of a hidden input at an address. */
static void
hidden(const char *uri, const char *name, char out[200])
{
	struct answered page = {0};
	char mark[60];
	const char *at;

	strbuf_init(&page.body, 4 << 20);
	get(uri, &page);
	snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
	at = strstr(strbuf_str(&page.body), mark);
	out[0] = '\0';
	if (at != NULL)
		snprintf(out, 200, "%.*s", (int)strcspn(at + strlen(mark), "\""),
		    at + strlen(mark));
	strbuf_clear(&page.body);
}

static void
put_part(struct strbuf *body, const char *pair)
{
	size_t n = strcspn(pair, "=");
	const char *value = pair[n] != '\0' ? pair + n + 1 : "";
	struct fault fault = {0};
	char found[200];
	struct strbuf file;

	strbuf_printf(
	    body, "--X\r\nContent-Disposition: form-data; name=\"%.*s\"", (int)n, pair);
	if (strncmp(value, "@@", 2) == 0) {
		hidden(value + 2, "version", found);
		strbuf_printf(body, "\r\n\r\n%s\r\n", found);
	} else if (value[0] == '@') {
		strbuf_init(&file, 4 << 20);
		if (file_read(value + 1, &file, &fault) != E_OK)
			stop(pair, &fault);
		strbuf_puts(body, "; filename=\"file\"\r\n\r\n");
		strbuf_put(body, file.data, file.len);
		strbuf_puts(body, "\r\n");
		strbuf_clear(&file);
	} else {
		strbuf_printf(body, "\r\n\r\n%s\r\n", value);
	}
}

static void
put_form(struct strbuf *body, char *const *fields)
{
	char token[200];

	hidden("/me", "token", token);
	strbuf_printf(body,
	    "--X\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n%s\r\n",
	    token);
	for (; *fields != NULL; fields++)
		put_part(body, *fields);
	strbuf_puts(body, "--X--\r\n");
}

static void
read_line(char *line, struct asked *a, struct strbuf *body, const char *key)
{
	char *words[WORDS_MAX + 1], *at = line;
	size_t n = 0;

	while (n < WORDS_MAX && (words[n] = strsep(&at, "\t")) != NULL)
		n++;
	words[n] = NULL;
	strbuf_reset(body);
	if (n >= 3 && strcmp(words[0], "API") == 0) {
		if (n > 3)
			strbuf_puts(body, words[3]);
		*a = (struct asked){.method = words[1],
		    .uri = words[2],
		    .type = "application/json",
		    .key = key};
	} else if (n >= 2) {
		*a = (struct asked){
		    .method = words[0], .uri = words[1], .cookie = cookie};
		a->steps = strcmp(words[0], "STEPS") == 0;
		if (a->steps)
			a->method = "POST";
		if (strcmp(a->method, "POST") == 0) {
			put_form(body, words + 2);
			a->type = "multipart/form-data; boundary=X";
		}
	} else {
		stop("a line", &(struct fault){.text = "is no request"});
	}
	a->body = strbuf_span(body);
}

/* ---- what must hold ------------------------------------------------------------------------------ */

static unsigned
open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static bool
is_whole(const struct answered *a)
{
	struct span s = strbuf_span(&a->body);
	struct json *root = NULL;
	bool good;

	if (span_begins(s, span_str("<!DOCTYPE")))
		return s.len > 8 && memcmp(s.data + s.len - 8, "</html>\n", 8) == 0;
	if (s.len == 0 || s.data[0] != '{')
		return true;
	good = json_parse(s, &root, NULL) == E_OK;
	json_free(root);
	return good;
}

/* Did the page that a form leads to say that it went wrong? */
static bool
says_failed(const struct answered *a)
{
	struct answered page = {0};
	const char *path = a->location;
	bool bad;

	strbuf_init(&page.body, 4 << 20);
	get(path, &page);
	bad = page.status >= 400 ||
	      strstr(strbuf_str(&page.body), "class=\"note bad\"") != NULL;
	strbuf_clear(&page.body);
	return bad;
}

/* What is wrong with an answer that came after a fault; NULL: nothing. */
static const char *
judge(const struct asked *a, const struct answered *now, const struct answered *before,
    unsigned files)
{
	/* A program that is told 5xx looks what has become of it. */
	int worst = a->key != NULL || a->steps ? 499 : 999;
	const struct data *d = &admin->data;

	if (d->registry->busy || d->ledger->busy)
		return "a transaction is open";
	if (open_files() != files)
		return "a file is open";
	if (now->status == 200 && !is_whole(now))
		return "the answer is not whole";
	if (now->commits > 0 && now->status >= 400 && now->status <= worst)
		return "it was stored but answered as an error";
	if (before->commits > 0 && now->commits == 0 && now->status < 300)
		return "it was not stored but answered as done";
	if (before->commits > 0 && now->commits == 0 && now->status < 400 &&
	    !says_failed(now))
		return "it was not stored, which nobody is told";
	return NULL;
}

/* ---- one request, all its faults ------------------------------------------------------------------ */

static struct {
	const void *place;
	unsigned seen;
} known[20000];
static size_t known_count;

/* Counts how often memory was refused there. */
static bool
is_worth_it(const void *place)
{
	size_t i = 0;

	while (i < known_count && known[i].place != place)
		i++;
	if (i == known_count) {
		if (i == sizeof known / sizeof known[0])
			return false;
		known_count++;
		known[i].place = place;
	}
	return known[i].seen++ < SEEN_MAX;
}

struct trial {
	const char *name;
	struct asked asked;
	struct answered before, now;
	unsigned files, runs, wrong, silent;
};

static void
try_fault(struct trial *t, enum fault_sort sort, unsigned long n)
{
	static const char *const names[] = {"", "allocation", "store operation"};
	const char *wrong;

	ask(&t->asked, sort, n, &t->now);
	t->runs++;
	wrong = judge(&t->asked, &t->now, &t->before, t->files);
	if (wrong != NULL && t->wrong++ < FOUND_MAX)
		printf("# %s: %s %lu fails: %s (%d, was %d)\n", t->name, names[sort], n,
		    wrong, t->now.status, t->before.status);
	if (t->now.status < 400 && t->asked.method[0] == 'G' &&
	    !span_eq(strbuf_span(&t->now.body), strbuf_span(&t->before.body))) {
		t->silent++;
		if (getenv("ADMIN_FAULTS_SILENT") != NULL)
			printf(
			    "# %s: %s %lu fails silently\n", t->name, names[sort], n);
	}
	if (t->now.commits > 0)
		put_back();
}

static void
try_all(struct trial *t)
{
	unsigned long most;
	const void *const *seen;
	const void **places;
	size_t count;

	strbuf_init(&t->before.body, 4 << 20);
	strbuf_init(&t->now.body, 4 << 20);
	ask(&t->asked, FAULT_NONE, 0, &t->before);
	most = faulty_store_count();
	most = most < STORE_FAULTS ? most : STORE_FAULTS;
	/* A copy: judging asks for pages too. */
	seen = faulty_places(&count);
	if ((places = malloc(count * sizeof *places + 1)) == NULL)
		abort();
	memcpy(places, seen, count * sizeof *places);
	if (t->before.commits > 0)
		put_back();
	t->files = open_files();
	if (t->before.status >= 400) {
		t->wrong++;
		printf("# %d without a fault: %.*s\n", t->before.status, 300,
		    strbuf_str(&t->before.body));
	}
	for (size_t i = 0; t->wrong == 0 && i < count; i++)
		if (is_worth_it(places[i]))
			try_fault(t, FAULT_MEMORY, i + 1);
	for (unsigned long i = 1; i <= most && t->before.status < 400; i++)
		try_fault(t, FAULT_STORE, i);
	free(places);
	strbuf_clear(&t->before.body);
	strbuf_clear(&t->now.body);
}

static void
sign_in(const char *id)
{
	struct session_start start = {.address = "198.51.100.7", .agent = "test"};
	struct account account;
	struct session session;
	struct store_txn *txn;
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	err = store_read_begin(admin->data.registry, &txn);
	if (err == E_OK) {
		err = registry_find_id(txn, &account_kind, id, &arena, &account);
		store_read_end(txn);
	}
	start.account = &account;
	if (err == E_OK)
		err = session_begin(&admin->data, &admin->settings.session, &start,
		    clock_now(), &arena, cookie, &session);
	if (err != E_OK)
		stop("sign in", &(struct fault){.text = "failed"});
	arena_clear(&arena);
}

int
main(int argc, char **argv)
{
	unsigned number = 0, wrong = 0, runs = 0;
	char *line = NULL;
	size_t room = 0;
	struct strbuf body;
	int64_t now;

	if (argc != 5 || !clock_parse(span_str(NOW), &now))
		return 2;
	data_path = argv[1];
	share = argv[2];
	clock_set(now);
	log_open("faults", LOG_NOWHERE, LOG_ERROR);
	snprintf(kept_path, sizeof kept_path, "%s.kept", data_path);
	strbuf_init(&body, 16 << 20);
	open_admin();
	sign_in(argv[3]);
	admin_close(admin);
	faulty_stores_closed();
	copy_folder(data_path, kept_path);
	open_admin();
	while (getline(&line, &room, stdin) > 0) {
		struct trial t = {0};
		char name[120];

		line[strcspn(line, "\n")] = '\0';
		snprintf(name, sizeof name, "%.110s", line);
		name[strcspn(name, "{")] = '\0';
		t.name = name;
		read_line(line, &t.asked, &body, argv[4]);
		try_all(&t);
		printf("%s %u - %s (%u faults)\n", t.wrong == 0 ? "ok" : "not ok",
		    ++number, name, t.runs);
		if (t.silent > 0)
			printf("# %u of them are answered otherwise\n", t.silent);
		fflush(stdout);
		wrong += t.wrong > 0;
		runs += t.runs;
	}
	printf("# %u faults\n1..%u\n", runs, number);
	admin_close(admin);
	free(line);
	faulty_clear();
	strbuf_clear(&body);
	return wrong > 0;
}
