/*
 * A simulated LoRa Basics Station and the world around it, in virtual time: three
 * credential sets, the client's own way to split a blob and to reckon CRCs, its rhythm, its
 * verification of updates. It shares no code with src/cups but the call of cups_exchange()
 * itself, which stands for the network.
 */
#ifndef GH_TESTS_SIM_STATION_H
#define GH_TESTS_SIM_STATION_H

#include "cups/exchange.h"

#define MINUTE 60
#define DAY 86400

/* One of the station's files. */
struct file {
	uint8_t bytes[512];
	size_t len;
};

/* Address, trust, certificate, key: of CUPS or of the LNS. */
struct set {
	char uri[128];
	struct file trust, certificate, key;
};

/* What an update does when it runs on the station. */
enum update_script {
	SCRIPT_RIGHT, /* writes its version: the first line of the update */
	SCRIPT_STUCK  /* never changes it */
};

enum which { REGULAR, BACKUP, BOOT, SETS };

struct station {
	uint64_t eui;
	struct set cups[SETS], lns;
	enum which current;
	int64_t next_poll;
	bool has_backup;
	bool
	    broken; /* was sent something that makes the real client crash or never start */
	bool rejects_blobs; /* a fault to be tried: takes no credentials */
	unsigned polls, pushes, refused, blobs_rejected;
	/* Firmware: what it reports as its package, its keys (sig-N.key), and faults to be
	 * tried: how many downloads will be cut, and what its update does. */
	char package[32];
	uint8_t sig_keys[4][64];
	size_t sig_key_count;
	unsigned cuts_left;
	enum update_script script;
	unsigned updates, updates_cut, updates_dropped; /* run; cut; not by its keys */
};

/* A server with TLS: whoever does not trust its root cannot reach it. */
struct host {
	char uri[128];
	struct file root;
	bool down;
};

struct lns_host {
	char uri[128];
	struct file root;
	char line[200]; /* the token line that it takes; "" takes any */
	bool down;
};

struct world {
	int64_t now;
	struct cups_server server;
	struct host cups[4];
	size_t cups_count;
	struct lns_host lns[4];
	size_t lns_count;
	struct arena arena;
};

/* A DER-like stand-in for a root certificate, named by one letter. */
void file_root(struct file *f, char name);
/* The same certificate as PEM text, as factories write it. */
void file_root_pem(struct file *f, char name);
void file_text(struct file *f, const char *text);

/* CRC-32 over the three files, 4 zero bytes for each that is empty. */
uint32_t set_crc(const struct set *s);

/* Is the station's LNS session up? */
bool station_has_lns(const struct world *w, const struct station *s);

/* Lets the world run until `until`; every station polls when it is due. */
void world_run(struct world *w, struct station *stations, size_t count, int64_t until);

#endif
