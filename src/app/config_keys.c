/* The table of keys. A new one is a row here and a member of struct config. */
#include "app/config_key.h"

#define AT(member) offsetof(struct config, member)

const struct config_key config_keys[] = {
    {
	.section = "General",
	.name = "data",
	.type = CONFIG_PATH,
	.offset = AT(data),
	.initial = GH_LOCALSTATEDIR "/lib/gatehouse",
	.shown = "/var/lib/gatehouse",
	.help =
	    "Folder of the database. It must be on a local disk and belong to one user "
	    "and group, which the web-facing programs run as.",
    },
    {
	.name = "seal_keys",
	.type = CONFIG_PATH,
	.offset = AT(seal_keys),
	.initial = "",
	.shown = "DATA/seal.keys",
	.help = "File with the keys under which secrets for gateways are sealed. Keep "
		"a copy of it apart from the backups of the data folder.",
    },
    {
	.name = "share",
	.type = CONFIG_PATH,
	.offset = AT(share),
	.initial = GH_DATADIR,
	.shown = "/usr/share/gatehouse",
	.help = "Folder of what comes with Gatehouse: frequency plans and concentrator "
		"boards, which `gatehouse init` and `import --shipped` read.",
    },
    {
	.name = "log",
	.type = CONFIG_CHOICE,
	.offset = AT(log),
	.words = "stderr|syslog",
	.initial = "stderr",
	.help =
	    "Where the lines of the log go. Standard error usually ends up in the web "
	    "server's error log.",
    },
    {
	.name = "log_level",
	.type = CONFIG_CHOICE,
	.offset = AT(log_level),
	.words = "error|warn|note|detail",
	.initial = "note",
	.help =
	    "The least important lines that are still written. One line per request "
	    "is a note.",
    },
    {
	.section = "Web",
	.name = "public_url",
	.type = CONFIG_URL,
	.offset = AT(public_url),
	.initial = "",
	.help =
	    "Address under which people and gateways reach this server, with the path "
	    "below which the programs are mounted, if any: https://example.com/lora. "
	    "When it is not set, it is taken from the requests.",
    },
    {
	.name = "trusted_proxies",
	.type = CONFIG_NETWORKS,
	.offset = AT(trusted_proxies),
	.initial = "",
	.help =
	    "Addresses or networks (192.0.2.0/24, 2001:db8::1) of proxies in front of "
	    "the web server whose X-Forwarded-For, -Proto and -Host are believed. A "
	    "proxy must drop what clients write into these headers, also when they "
	    "write them with _ for -.",
    },
    {
	.name = "client_certificate_header",
	.type = CONFIG_NAME,
	.offset = AT(client_certificate_header),
	.initial = "",
	.help =
	    "Header in which a trusted proxy passes the client's certificate (PEM, "
	    "percent-escaped or with blanks for line ends). Without it only the web "
	    "server's own SSL_CLIENT_CERT counts.",
    },
    {
	.name = "key_headers",
	.type = CONFIG_NAMES,
	.offset = AT(key_headers),
	.initial = "",
	.help = "Headers beside Authorization in which gateways may present their key.",
    },
    {
	.name = "request_memory",
	.type = CONFIG_SIZE,
	.offset = AT(request_memory),
	.min = 64 << 10,
	.max = 1 << 30,
	.initial = "4M",
	.help = "Most memory that one request may take.",
    },
    {
	.name = "request_time",
	.type = CONFIG_NUMBER,
	.offset = AT(request_time),
	.min = 1,
	.max = 86400,
	.initial = "120",
	.help = "Most seconds of the processor's time that one request may take. A "
		"program that takes more ends, and the web server starts another.",
    },
    {
	.name = "client_wait",
	.type = CONFIG_NUMBER,
	.offset = AT(client_wait),
	.min = 1,
	.max = 3600,
	.initial = "60",
	.help =
	    "Seconds that a program waits for the web server to send or take bytes.",
    },
    {
	.name = "write_wait",
	.type = CONFIG_NUMBER,
	.offset = AT(write_wait),
	.min = 1,
	.max = 60000,
	.initial = "2000",
	.help = "Milliseconds that a change waits while somebody else writes to the "
		"database; the client is told to try again afterwards.",
    },
    {
	.name = "throttle_failures",
	.type = CONFIG_NUMBER,
	.offset = AT(throttle_failures),
	.min = 1,
	.max = 1000000,
	.initial = "30",
	.help =
	    "Wrong keys per minute, from one address or for one gateway, after which "
	    "further wrong ones are answered with 429. Right keys always pass.",
    },
    {
	.section = "Configuration files",
	.name = "require_auth",
	.type = CONFIG_BOOL,
	.offset = AT(require_auth),
	.initial = "on",
	.help =
	    "Give configuration files of UDP packet forwarders only to those who show "
	    "a key with the right RIGHT_GATEWAY_INFO, or the gateway's client "
	    "certificate.",
    },
    {
	.name = "udp_server",
	.type = CONFIG_TEXT,
	.offset = AT(udp_server),
	.initial = "",
	.help =
	    "Servers of UDP packet forwarders for gateways that name none, host or "
	    "host:port with commas between, the main one first. Without a port it is "
	    "1700.",
    },
    {
	.section = "CUPS",
	.name = "cups_uri",
	.type = CONFIG_TEXT,
	.offset = AT(cups_uri),
	.initial = "",
	.help = "Our own address as gateways know it, https://cups.example.com:443: "
		"scheme, host and port, nothing else.",
    },
    {
	.name = "default_lns",
	.type = CONFIG_TEXT,
	.offset = AT(default_lns),
	.initial = "",
	.help = "ID of the network server for gateways that name none.",
    },
    {
	.name = "allow_cups_redirect",
	.type = CONFIG_BOOL,
	.offset = AT(allow_cups_redirect),
	.initial = "on",
	.help = "Send gateways to another CUPS when they have a target CUPS address.",
    },
    {
	.name = "cups_redirect_with_lns",
	.type = CONFIG_BOOL,
	.offset = AT(cups_redirect_with_lns),
	.initial = "off",
	.help = "Set the network server in the same answer as a redirect, instead of "
		"leaving it to the new CUPS.",
    },
    {
	.name = "push_limit",
	.type = CONFIG_NUMBER,
	.offset = AT(push_limit),
	.min = 1,
	.max = 1000,
	.initial = "3",
	.help =
	    "How often the same credentials or address are sent to a gateway that does "
	    "not take them.",
    },
    {
	.name = "token_form",
	.type = CONFIG_CHOICE,
	.offset = AT(token_form),
	.words = "bearer|bare",
	.initial = "bearer",
	.help =
	    "What goes before a bare LNS key of a gateway that names no network server "
	    "by ID: `Authorization: Bearer ` or `Authorization: ` alone. The bytes "
	    "decide whether a gateway that comes from elsewhere is sent its key again: "
	    "choose bare for a fleet that The Things Stack has served.",
    },
    {
	.name = "unknown_gateways",
	.type = CONFIG_CHOICE,
	.offset = AT(unknown_gateways),
	.words = "refuse|adopt",
	.initial = "refuse",
	.help =
	    "What gateways get that are not registered: refuse and remember them, or "
	    "adopt those that the adoption rules allow.",
    },
    {
	.section = "Firmware",
	.name = "update_channel",
	.type = CONFIG_TEXT,
	.offset = AT(update_channel),
	.initial = "stable",
	.help = "Update channel of gateways that name none. For Kickstarter gateways, "
		"one that begins with http is the whole address of a folder.",
    },
    {
	.name = "workers",
	.type = CONFIG_NUMBER,
	.offset = AT(workers),
	.min = 1,
	.max = 1024,
	.initial = "2",
	.help =
	    "How many processes of cups.fcgi the web server runs (lighttpd: "
	    "max-procs). All of them but one may be sending firmware at a time, so "
	    "that somebody is there for other gateways; with 1 no firmware is sent to "
	    "stations. Under plain CGI each request has a process of its own: how many "
	    "may send at a time, and one.",
    },
    {
	.name = "firmware_attempts",
	.type = CONFIG_NUMBER,
	.offset = AT(firmware_attempts),
	.min = 1,
	.max = 100,
	.initial = "3",
	.help = "How often a station is offered the release of its channel while its "
		"version does not change. Roll-outs have their own number.",
    },
    {
	.name = "firmware_downloads",
	.type = CONFIG_NUMBER,
	.offset = AT(firmware_downloads),
	.min = 1,
	.max = 100000,
	.initial = "100",
	.help = "How many stations may be downloading firmware at a time, in all. "
		"Roll-outs have their own number besides.",
    },
    {
	.name = "firmware_minimum_rate",
	.type = CONFIG_SIZE,
	.offset = AT(firmware_minimum_rate),
	.min = 64,
	.max = 1 << 30,
	.initial = "10k",
	.help = "Bytes a second by which the length of a download is reckoned.",
    },
    {
	.name = "firmware_sendfile",
	.type = CONFIG_CHOICE,
	.offset = AT(firmware_sendfile),
	.words = "off|x-sendfile2",
	.initial = "off",
	.help =
	    "How cups.fcgi has firmware sent by the web server: lighttpd's X-Sendfile2 "
	    "names the two files that an answer is made of, DATA/heads/... and "
	    "DATA/blobs/..., which the web server must be allowed to read "
	    "(x-sendfile = enable, x-sendfile-docroot = DATA/heads/ and DATA/blobs/). "
	    "Answers that carry credentials are never handed over. Off, since a web "
	    "server that does not know the header would send an empty answer; Apache "
	    "and nginx take one whole file alone and cannot be told so.",
    },
    {
	.section = "The Things Kickstarter Gateway",
	.name = "mqtt_server",
	.type = CONFIG_TEXT,
	.offset = AT(mqtt_server),
	.initial = "",
	.help = "Network server of gateways that name none: mqtts://host:port, "
		"mqtt://host:port, or host[:port] as The Things Stack has it "
		"(mqtts://host:8881 without a port).",
    },
    {
	.name = "firmware_url",
	.type = CONFIG_URL,
	.offset = AT(firmware_url),
	.initial = "",
	.help = "Where the firmware is: below this address there is a folder for each "
		"update channel, with the files checksums and firmware.hex. Without it "
		"gateways are sent to this server.",
    },
    {
	.section = "Admin",
	.name = "admin_public_url",
	.type = CONFIG_URL,
	.offset = AT(admin_public_url),
	.initial = "",
	.help =
	    "Address of the admin as browsers see it, https://example.com/admin. "
	    "Forms are taken only from pages of this address; when it is not set, of "
	    "the address that the request itself names. With http:// sign-in "
	    "works on this machine alone (http://localhost:8080/admin).",
    },
    {
	.name = "admin_idle",
	.type = CONFIG_NUMBER,
	.offset = AT(admin_idle),
	.min = 5,
	.max = 10080,
	.initial = "120",
	.help = "Minutes without use after which somebody must sign in again.",
    },
    {
	.name = "admin_session",
	.type = CONFIG_NUMBER,
	.offset = AT(admin_session),
	.min = 5,
	.max = 43200,
	.initial = "720",
	.help = "Minutes after which everybody must sign in again.",
    },
    {
	.name = "admin_remote_user",
	.type = CONFIG_BOOL,
	.offset = AT(admin_remote_user),
	.initial = "off",
	.help = "Believe the web server's REMOTE_USER, where an account of that name "
		"exists. Only when the web server asks everybody for a password, or a "
		"certificate, before the admin is reached.",
    },
    {
	.name = "sign_in_failures",
	.type = CONFIG_NUMBER,
	.offset = AT(sign_in_failures),
	.min = 1,
	.max = 1000,
	.initial = "10",
	.help =
	    "Wrong passwords per minute, from one address or for one account, after "
	    "which no password is looked at any more, the right one neither.",
    },
    {
	.name = "password_cost",
	.type = CONFIG_NUMBER,
	.offset = AT(password_cost),
	.min = 1,
	.max = 11,
	.initial = "5",
	.help = "What a yescrypt hash costs: 5 takes 16 MB and about 20 ms, each step "
		"doubles it.",
    },
    {
	.name = "upload_limit",
	.type = CONFIG_SIZE,
	.offset = AT(upload_limit),
	.min = 64 << 10,
	.max = UINT64_C(4) << 30,
	.initial = "64M",
	.help = "Longest file that the admin takes.",
    },
};

const size_t config_key_count = COUNT(config_keys);
