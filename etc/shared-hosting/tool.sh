#!/bin/sh
# The command line tool with what stands beside it: ./gatehouse.sh help
here=${0%/*}
case $here in /*) ;; *) here=$PWD/$here ;; esac
umask 077
# For hosts where programs cannot see where they are ($ORIGIN needs /proc).
LD_LIBRARY_PATH=$here/lib
GATEHOUSE_CONF=$here/gatehouse.conf
export LD_LIBRARY_PATH GATEHOUSE_CONF
exec "$here/bin/gatehouse" "$@"
