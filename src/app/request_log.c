#include "app/request_log.h"

#include "base/log.h"
#include "web/client.h"

static void
put_cut(struct strbuf *line, struct span text, size_t max)
{
	strbuf_put(line, text.data, text.len < max ? text.len : max);
	if (text.len > max)
		strbuf_puts(line, "...");
}

void
request_log(struct strbuf *line, struct request *req, int status, uint64_t bytes,
    int64_t ms, bool cut)
{
	char address[ADDRESS_TEXT];

	strbuf_reset(line);
	put_cut(line, span_str(req->method_name), 16);
	strbuf_putc(line, ' ');
	put_cut(line, request_raw_path(req), 300);
	strbuf_putc(line, ' ');
	strbuf_putu(line, (uint64_t)status);
	strbuf_putc(line, ' ');
	strbuf_putu(line, bytes);
	strbuf_putc(line, ' ');
	strbuf_putu(line, ms > 0 ? (uint64_t)ms : 0);
	strbuf_putc(line, ' ');
	put_cut(line, span_str(client_address_text(req, address)), ADDRESS_TEXT);
	if (cut)
		strbuf_puts(line, " cut");
	put_cut(line, strbuf_span(req->note), REQUEST_LOG_NOTE);
	log_text(LOG_NOTE, strbuf_str(line));
}
