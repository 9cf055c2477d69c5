#!/bin/sh
# Forwards each message to a program that fails now and then: one line of JSON on its standard input, and the offset in OFFSET.
#
#   forward.sh NAME PROGRAM [ARGUMENT...]
#
# Run it from cron as often as you like. A message is committed when the program has ended with 0. When it fails, or anything is
# killed, the next run goes on with that very message: none is left out, whatever a stick brings late. Killed between the two, the
# program gets one message again, with the same OFFSET: one that keeps the last with its own result skips it.
set -u
name=$1
shift

satchel feed --as "$name" --json | while IFS= read -r message; do
  offset=${message#'{"offset":'}
  offset=${offset%%,*}
  case $message in
  *'"gone":true'*) ;; # it was taken back, or has expired, before it was forwarded
  *) printf '%s\n' "$message" | OFFSET=$offset "$@" || exit 1 ;;
  esac
  satchel feed -q --as "$name" --commit "$offset" || exit 1
done
