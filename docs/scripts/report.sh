#!/bin/sh
# Hands what came since the last report to a program such as mail, whenever it was written: what a stick brought late, too.
#
#   report.sh STAMP PROGRAM [ARGUMENT...]
#
# Run it from cron each night. STAMP is a file of its own that says up to when was reported. It is written when the program has
# ended with 0: a report that could not be sent comes again with the next one, and nothing is left out.
set -eu
stamp=$1
shift

since=24h
if [ -s "$stamp" ]; then since=$(cat "$stamp"); fi
now=$(($(date +%s) * 1000))
report=$(mktemp)
trap 'rm -f "$report"' EXIT

satchel read --all-topics --arrived-since "$since" >"$report"
if [ -s "$report" ]; then "$@" <"$report"; fi
echo "$now" >"$stamp.new"
mv "$stamp.new" "$stamp"
