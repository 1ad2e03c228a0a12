#!/bin/sh
# Migrates files with nothing but curl, waits for the end, and says how it went.
#
#   export HUB_URL=http://localhost:8000
#   export TOKEN=...                          # a client key: ngclient authenticate, or POST /api/auth/clientkeys/
#   ./hub_migrate.sh SITE /mmfs1/data/sample_data.tgz
#   WORKFLOW=recall DISCOVERY=recursive ./hub_migrate.sh SITE /mmfs1/data/project
#
# WORKFLOW is migrate, premigrate, recall or one of your own; DISCOVERY=recursive takes everything below folders too.
# The exit status is 0 when the job came to SUCCESS or had nothing to do. CURL_OPTIONS=-k accepts a self-signed certificate.
set -eu
: "${HUB_URL:?set it to the address of the hub}" "${TOKEN:?set it to a client key}"
[ $# -ge 2 ] || { echo "usage: $0 SITE PATH..." >&2; exit 2; }
site=$1
shift

# The key goes in on standard input: an argument could be read by every account of the machine.
call() {
  printf 'header = "Authorization: Api-Key %s"\n' "$TOKEN" |
    curl -sS --config - ${CURL_OPTIONS:-} -H 'Accept: application/json' -H 'Content-Type: application/json' "$@"
}
quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"; }
# A number or a word by its name in a JSON answer.
pick() { grep -o '"'"$1"'": *"\{0,1\}[A-Z0-9][A-Z0-9]*' | head -n 1 | sed 's/.*[:" ]//'; }

paths=
for path; do paths=${paths:+$paths, }$(quoted "$path"); done
case ${DISCOVERY:-} in '') discovery=null ;; *) discovery=$(quoted "$DISCOVERY") ;; esac
body='{"paths": ['$paths'], "site": '$(quoted "$site")', "workflow": '$(quoted "${WORKFLOW:-migrate}")', "discovery": '$discovery'}'

answer=$(call -X POST "$HUB_URL/api/file/workflow/" -d "$body")
id=$(printf %s "$answer" | pick id)
[ -n "$id" ] || { printf '%s\n' "$answer" >&2; exit 1; }
echo "Job $id is submitted"

while :; do
  answer=$(call "$HUB_URL/api/jobs/$id/")
  state=$(printf %s "$answer" | pick state)
  case $state in
    SUCCESS | SKIPPED) good=0 ;;
    FAILURE | ERROR | CANCELLED) good=1 ;;
    '') printf '%s\n' "$answer" >&2; exit 1 ;;
    *) sleep 1; continue ;;
  esac
  echo "Job $id is $state: $(printf %s "$answer" | pick processed) processed, $(printf %s "$answer" | pick failed) failed"
  exit $good
done
