/* The tables of the two stores. Numbers index the lists of names; add at the end. */
#ifndef GH_REGISTRY_TABLES_H
#define GH_REGISTRY_TABLES_H

/* What operators entered. */
enum registry_table {
	TABLE_META,    /* "serial" → next serial number, u64be */
	TABLE_UNIQUE,  /* table u8, field u8, value → serial u64be */
	TABLE_LISTING, /* table u8, field u8, value, 0, serial u64be → nothing */
	TABLE_GATEWAY, /* from here on: serial u64be → record */
	TABLE_LNS,
	TABLE_TRUST,
	TABLE_CA,
	TABLE_KEY,
	TABLE_TEMPLATE,
	TABLE_AUDIT,
	TABLE_PLAN,
	TABLE_BOARD,
	TABLE_ACCOUNT,
	TABLE_SIGNING_KEY,
	TABLE_FIRMWARE,
	TABLE_RELEASE,
	TABLE_CHANNEL,
	TABLE_ROLLOUT,
	TABLE_IGNORED,
	TABLE_TRUST_JOB,
	REGISTRY_TABLES
};

/* What was promised to gateways. */
enum ledger_table {
	LEDGER_META,
	LEDGER_GATEWAY, /* serial u64be → gateway state */
	LEDGER_SESSION, /* SHA-256 of the session's token → session */
	LEDGER_ROLLOUT, /* serial u64be → roll-out state */
	LEDGER_OFFER,	/* roll-out u64be, gateway u64be → what became of it */
	LEDGER_WAITING, /* roll-out u64be, offered_at u64be, gateway u64be → nothing */
	LEDGER_LEASE,	/* until u64be, gateway u64be → roll-out, taken at u64be */
	LEDGER_TABLES
};

extern const char *const registry_table_names[];
extern const char *const ledger_table_names[];

/* The layouts that this version writes; a store with a higher number is refused. */
#define REGISTRY_SCHEMA 1
#define LEDGER_SCHEMA 1

#endif
