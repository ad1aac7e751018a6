#include "admin/style.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "crypto/digest.h"

#define STYLE_MAX (256 << 10)

void
style_load(struct admin_style *style, const char *share)
{
	uint8_t digest[SHA256_SIZE];
	struct fault fault = {0};
	struct strbuf text;
	char path[1100], words[400];

	snprintf(path, sizeof path, "%s/static/admin.css", share);
	strbuf_init(&text, STYLE_MAX);
	snprintf(style->hash, sizeof style->hash, "0");
	if (file_read(path, &text, &fault) != E_OK) {
		log_line(LOG_WARN, "pages are without a style sheet: %s",
		    fault_text(&fault, words, sizeof words));
	} else if (sha256(strbuf_span(&text), digest) == E_OK &&
		   (style->text = malloc(text.len + 1)) != NULL) {
		memcpy(style->text, strbuf_str(&text), text.len);
		style->length = text.len;
		hex_encode(digest, (sizeof style->hash - 1) / 2, style->hash);
	}
	strbuf_clear(&text);
}

void
style_clear(struct admin_style *style)
{
	free(style->text);
	style->text = NULL;
}

int
page_style(struct visit *v)
{
	const struct admin_style *style = &v->admin->style;

	if (style->text == NULL)
		return E_NOTFOUND;
	response_type(v->res, "text/css; charset=utf-8");
	/* Of another version's address only what is here now can be told. */
	if (strcmp(visit_capture(v, "hash"), style->hash) == 0)
		response_header(
		    v->res, "Cache-Control", "public, max-age=31536000, immutable");
	strbuf_put(&v->res->body, style->text, style->length);
	return E_OK;
}
