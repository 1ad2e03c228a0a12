#!/bin/sh
# Submits a job with nothing but curl, and shows it.
#
#   export NC_URL=`nc cmd vovbrowser`
#   ./submit.sh 'sleep 5'
#
# The password comes from the file that NC_PASSWORD_FILE names, else from the terminal; never from an argument, where
# every account of the machine could read it. NC_CURL_OPTIONS=-k accepts a self-signed certificate.
set -eu
: "${NC_URL:?set it to what nc cmd vovbrowser prints}"
command=${1:?which command?}
user=${NC_USER:-${USER:-$(id -un)}}

if [ -n "${NC_PASSWORD_FILE:-}" ]; then
  password=$(cat "$NC_PASSWORD_FILE")
else
  printf 'Password:' >&2
  stty -echo && trap 'stty echo' EXIT
  read -r password
  stty echo && trap - EXIT
  echo >&2
fi

# The part between the quotes after "NAME": in a JSON answer of one line.
pick() { sed -n 's/.*"'"$1"'" *: *"\{0,1\}\([^",}]*\).*/\1/p'; }

answer=$(printf %s "$password" | curl -sS ${NC_CURL_OPTIONS:-} "$NC_URL/api/v3/token" \
  --data-urlencode "username=$user" --data-urlencode password@-)
token=$(printf %s "$answer" | pick access_token)
[ -n "$token" ] || { echo "$answer" >&2; exit 1; }

# The header goes in on standard input for the same reason as the password.
call() { printf 'header = "Authorization: Bearer:%s"\n' "$token" | curl -sS --config - ${NC_CURL_OPTIONS:-} "$@"; }

quoted=$(printf %s "$command" | sed 's/\\/\\\\/g; s/"/\\"/g')
body='{ "command": "'$quoted'", "logfile": "JOBLOG.'$$'.'$(date +%s)'", "rundir": "'$(pwd)'", "env": "BASE" }'
answer=$(call "$NC_URL/api/v3/jobs" -H 'Content-Type: application/json' -d "$body")
jobid=$(printf %s "$answer" | pick jobid)
[ -n "$jobid" ] || { echo "$answer" >&2; exit 1; }
echo "New job is $jobid"
call "$NC_URL/api/v3/jobs/$jobid?format=csv"
