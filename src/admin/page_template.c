#include "admin/page_template.h"

#include "registry/template.h"

static const char *const columns[] = {
    "name", "lns", "frequency_plan_ids", "eui_prefixes", "window_until", NULL};

static const char *const adoption[] = {"eui_prefixes", "window_until", NULL};
static const char *const what[] = {"template_id", "name", NULL};
static const char *const copied[] = {"lns", "lbs_lns_secret.value",
    "gateway_server_address", "frequency_plan_ids", "concentrator", "groups",
    "target_cups_uri", "update_channel", "auto_update", NULL};

static const struct record_section sections[] = {
    {"template", "The template", what, false},
    {"copied", "What a gateway gets", copied, false},
    {"adoption", "Automatic adoption", adoption, false},
    {.title = NULL},
};

const struct record_pages template_pages = {
    .shape = {.kind = &template_kind, .sections = sections},
    .base = "/templates",
    .one = "template",
    .many = "Templates",
    .intro = "What is copied to a gateway when it is adopted, by hand or by itself.",
    .columns = columns,
};
