#include "admin/page_firmware.h"

#include "admin/transfer.h"
#include "admin/widget.h"
#include "base/hex.h"
#include "manage/firmware.h"

static const char *const families[] = {"station", "kickstarter", NULL};
static const char *const family_labels[] = {
    "LoRa Basics Station", "The Things Kickstarter Gateway", NULL};

const struct record_pages firmware_pages = {
    .shape = {.kind = &firmware_kind},
    .base = "/firmware",
    .one = "image",
    .many = "Firmware",
};

/* ---- the list ------------------------------------------------------------------------------ */

static void
put_cells(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct firmware *f = record;

	(void)txn;
	table_cell(v);
	html_text(&v->html, family_labels[f->family == FIRMWARE_KICKSTARTER]);
	table_cell(v);
	html_text(&v->html, transfer_size(v, f->size));
	table_cell(v);
	if (f->family == FIRMWARE_KICKSTARTER)
		html_raw(&v->html, "<span class=\"quiet\">needs none</span>");
	else if (f->signatures.count == 0)
		badge(v, MOOD_WARN, "not signed");
	else
		html_number(&v->html, f->signatures.count);
	table_cell(v);
	html_user(&v->html, f->file_name);
	table_cell(v);
	page_time(v, f->created_at);
}

int
page_firmwares(struct visit *v)
{
	static const char *const titles[] = {
	    "ID", "For", "Size", "Signatures", "File", "Added", NULL};
	int err;

	page_begin(v, "Firmware");
	page_text(v, "An image is a file with the signatures over it. A release says "
		     "which gateways may run it; a channel, which should; a roll-out "
		     "brings it to them step by step.");
	page_buttons(v);
	if (visit_may(v, PAGE_OPERATOR))
		page_button(v, "New image", "/firmware/new", NULL, NULL);
	page_button(v, "Signing keys", "/signing-keys", NULL, NULL);
	page_button(v, "Releases", "/releases", NULL, NULL);
	page_button(v, "Channels", "/channels", NULL, NULL);
	page_button(v, "Roll-outs", "/rollouts", NULL, NULL);
	page_buttons_end(v);
	err = record_table(
	    v, &firmware_kind, "/firmware", "Firmware images", titles, put_cells);
	return err == E_OK ? page_end(v) : err;
}

/* ---- a new one ------------------------------------------------------------------------------- */

static int
show_form(struct visit *v, int problem)
{
	uint64_t limit = v->admin->settings.upload_limit;

	/* What is wrong with the bytes is said of the file. */
	if (problem != E_OK && v->m.fault.field[0] == '\0')
		fault_set(&v->m.fault, problem, "file", "%s", visit_fault(v, problem));
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Firmware", "/firmware", NULL);
	page_begin(v, "New image");
	input_problem(v, problem);
	page_form_files(v, "/firmware/new", NULL, NULL);
	input_text(
	    v, &(struct input){.name = "firmware_id",
		   .label = "ID",
		   .help = "3 to 36 lower-case letters, digits and single dashes",
		   .value = visit_field(v, "firmware_id"),
		   .max = 36,
		   .mono = true,
		   .required = true});
	input_choice(v,
	    &(struct input){.name = "family",
		.label = "For",
		.help = "A station runs the file as a program; a Kickstarter reads "
			"Intel HEX.",
		.value = visit_field(v, "family")},
	    families, family_labels);
	input_area(v,
	    &(struct input){.name = "description",
		.label = "Description",
		.value = visit_field(v, "description"),
		.max = 2000},
	    2);
	input_file(v, &(struct input){.name = "file",
			  .label = "File",
			  .help = arena_printf(v->arena, "At most %s (upload_limit).",
			      transfer_size(v, limit)),
			  .required = true});
	input_submit(v, "Add it");
	page_form_end(v);
	return page_end(v);
}

int
page_firmware_new(struct visit *v)
{
	return show_form(v, E_OK);
}

int
page_firmware_add(struct visit *v)
{
	struct firmware_adding how = {.id = visit_field(v, "firmware_id"),
	    .description = visit_field(v, "description"),
	    .family = strcmp(visit_field(v, "family"), "kickstarter") == 0
			  ? FIRMWARE_KICKSTARTER
			  : FIRMWARE_STATION};
	const struct form_file *file;
	struct firmware stored;
	bool healed = false;
	int err = transfer_file(v, &file);

	if (err == E_OK) {
		how.file_name = file->name;
		err = manage_firmware_add(&v->m, &how, file->fd, &stored, &healed);
	}
	if (err == E_INVALID || err == E_EXISTS || err == E_TOOBIG)
		return show_form(v, err);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    arena_printf(v->arena,
		healed ? "Image %s was there already; its file is "
			 "as it should be."
		       : "Image %s is there.",
		how.id),
	    "/firmware/{}", how.id);
}

/* ---- one ----------------------------------------------------------------------------------------- */

static void
put_digest(struct visit *v, const char *name, struct span digest)
{
	char text[2 * SHA512_SIZE + 1] = "";

	if (digest.len > SHA512_SIZE)
		return;
	hex_encode(digest.data, digest.len, text);
	facts_row(v, name);
	html_raw(&v->html, "<code>");
	html_text(&v->html, text);
	html_raw(&v->html, "</code>");
}

static void
put_facts(struct visit *v, const struct firmware *f)
{
	page_section(v, "image", "Image");
	facts_begin(v);
	facts_text(v, "For", family_labels[f->family == FIRMWARE_KICKSTARTER]);
	facts_text(v, "Description", f->description);
	facts_text(v, "File", f->file_name);
	facts_row(v, "Size");
	html_text(&v->html, transfer_size(v, f->size));
	html_raw(&v->html, " <span class=\"quiet\">(");
	html_number(&v->html, f->size);
	html_raw(&v->html, " bytes)</span>");
	put_digest(v, "SHA-256", f->sha256);
	put_digest(v, "SHA-512", f->sha512);
	facts_time(v, "Added", f->created_at);
	facts_time(v, "Changed", f->updated_at);
	facts_end(v);
	page_section_end(v);
}

struct users {
	struct visit *v;
	uint64_t serial;
	size_t count;
};

static int
put_user(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct release *r = record;
	struct users *u = arg;

	(void)m;
	(void)txn;
	if (r->firmware != u->serial)
		return E_OK;
	if (u->count++ == 0)
		html_raw(&u->v->html, "<ul>\n");
	html_raw(&u->v->html, "<li>");
	page_link(u->v, r->release_id, "/releases/{}", r->release_id, NULL);
	html_raw(&u->v->html, ": version ");
	html_user(&u->v->html, r->version);
	html_raw(&u->v->html, "</li>\n");
	return E_OK;
}

static int
put_users(struct visit *v, uint64_t serial)
{
	struct users u = {.v = v, .serial = serial};
	int err;

	page_section(v, "releases", "Releases with it");
	err = manage_list(&v->m, &release_kind, 0, 0, put_user, &u);
	if (u.count > 0)
		html_raw(&v->html, "</ul>\n");
	else
		page_text(v, "There are none.");
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "New release", "/releases/new", NULL, NULL);
		page_buttons_end(v);
	}
	page_section_end(v);
	return err;
}

static void
put_actions(struct visit *v, const char *id)
{
	if (!visit_may(v, PAGE_OPERATOR))
		return;
	page_buttons(v);
	page_button(v, "Edit", "/firmware/{}/edit", id, NULL);
	page_button(v, "Delete…", "/firmware/{}/delete", id, NULL);
	page_form(v, "/firmware/{}/verify", id, NULL);
	html_raw(&v->html, "<button>Verify the file</button>\n");
	page_form_end(v);
	page_buttons_end(v);
}

int
firmware_put_page(struct visit *v, const char *id, int problem)
{
	struct fault fault = v->m.fault;
	struct store_txn *txn;
	void *record;
	const struct firmware *f;
	int err = record_open(v, &firmware_kind, id, &record, &txn);

	if (err != E_OK)
		return err;
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = err_http(problem);
	f = record;
	page_crumb(v, "Firmware", "/firmware", NULL);
	page_begin(v, f->firmware_id);
	input_problem(v, problem);
	put_actions(v, f->firmware_id);
	put_facts(v, f);
	firmware_put_signatures(v, txn, f);
	store_read_end(txn);
	err = firmware_put_signing(v, f);
	if (err == E_OK)
		err = put_users(v, f->serial);
	return err == E_OK ? page_end(v) : err;
}

int
page_firmware(struct visit *v)
{
	return firmware_put_page(v, visit_capture(v, "id"), E_OK);
}

int
page_firmware_verify(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct firmware f;
	int err = manage_firmware_verify(&v->m, id, NULL, NULL, &f);

	if (err == E_CORRUPT)
		return visit_failed(v, err, "/firmware/{}", id);
	if (err == E_NOTFOUND && f.serial != 0)
		return visit_failed(v, err, "/firmware/{}", id);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    arena_printf(v->arena,
		"The file of %s is whole, and its %zu signatures are right.", id,
		f.signatures.count),
	    "/firmware/{}", id);
}
