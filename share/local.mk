include share/gateway/local.mk
include share/concentrators/local.mk
include share/frequency-plans/local.mk
include share/static/local.mk

# The description of the API; `make openapi` writes it.
dist_pkgdata_DATA = share/openapi.yaml
EXTRA_DIST += share/openapi.py
