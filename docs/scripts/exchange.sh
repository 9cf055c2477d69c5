#!/bin/sh
# Exchanges messages over a stick or a shared folder, from cron, and raises an alarm when somebody has to look:
#
#   */10 * * * * /usr/local/bin/exchange.sh /media/stick 2d "mail -s satchel root"
#
# DRIVE is where the stick is mounted when it is there, SPAN how long it may stay away, and how long a machine may be silent
# for which something waits. ALARM is a command that gets the text on its standard input; without one it is printed, and cron
# mails it. Ends with 0 when all is well.
set -u
drive=${1:?usage: exchange.sh DRIVE [SPAN [ALARM]]}
span=${2:-2d}
alarm=${3:-cat}

visit=$(satchel sync -q --if-present --max-age "$span" "$drive" 2>&1)
visited=$?
check=$(satchel status -q --check --max-age "$span" 2>&1)
checked=$?

# another command is at work here: the next run goes on
[ "$visited" -eq 11 ] && visited=0
[ "$visited" -eq 0 ] && [ "$checked" -eq 0 ] && exit 0
printf '%s: sync ended with %s, status with %s\n%s\n%s\n' "$(uname -n)" "$visited" "$checked" "$visit" "$check" | sh -c "$alarm"
exit 3
