# The floors of the house, from the ground up; a folder may use those before it.
include src/base/local.mk
include src/json/local.mk
include src/store/local.mk
include src/crypto/local.mk
include src/radio/local.mk
include src/web/local.mk
include src/registry/local.mk
include src/auth/local.mk
include src/firmware/local.mk
include src/cups/local.mk
include src/gateway-files/local.mk
include src/kickstarter/local.mk
include src/manage/local.mk
include src/admin/local.mk
include src/app/local.mk
include src/cli/local.mk
