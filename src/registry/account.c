#include "registry/account.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct account, member)

const char *const role_names[] = {"viewer", "operator", "admin", NULL};

static const struct field fields[] = {
    {ACCOUNT_ID, "account_id", FIELD_TEXT, FIELD_UNIQUE, AT(account_id), 36,
	.check = check_id,
	.help = "what is typed to sign in: 3 to 36 lower-case letters, digits and "
		"single dashes"},
    {2, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {3, "role", FIELD_ENUM, 0, AT(role), .words = role_names,
	.help = "viewer (sees), operator (changes gateways and what they get) or admin "
		"(everything)"},
    {4, "password", FIELD_TEXT, FIELD_INTERNAL, AT(password), 127},
    {5, "disabled", FIELD_BOOL, 0, AT(disabled), .help = "may not sign in"},
    {6, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {7, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {8, "password_at", FIELD_TIME, FIELD_READONLY, AT(password_at),
	.help = "when the password was set"},
    {9, "epoch", FIELD_UINT, FIELD_INTERNAL, AT(epoch)},
    {0},
};

static int
check_account(const void *record, struct fault *fault)
{
	const struct account *a = record;

	if (a->account_id[0] == '\0')
		return fault_set(fault, E_INVALID, "account_id", "is required");
	return E_OK;
}

const struct record_kind account_kind = {.name = "account",
    .table = TABLE_ACCOUNT,
    .size = sizeof(struct account),
    .fields = fields,
    .unknown = offsetof(struct account, unknown),
    .check = check_account};
