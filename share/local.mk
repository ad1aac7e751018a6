include share/gateway/local.mk
include share/concentrators/local.mk
include share/frequency-plans/local.mk
include share/static/local.mk
