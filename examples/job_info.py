#!/usr/bin/env python3
"""Show jobs by their ids, with `requests` alone and one connection for all of them.

    export NC_URL=`nc cmd vovbrowser`
    ./job_info.py ID [ID ...]

Set NC_CA to the path of a certificate when the server's own is self-signed.
"""

import os
import sys

import requests

from getToken import getJWT, getMyPassword

LINES = [("Job", "ID"), ("User", "USER"), ("Command", "COMMAND"), ("Status", "STATUSNC"), ("Duration", "DURATIONPP")]


def main():
    url = os.environ["NC_URL"]
    session = requests.Session()
    session.verify = os.environ.get("NC_CA", True)
    header = {"Authorization": getJWT(session, url, os.environ["USER"], getMyPassword())}
    failed = 0
    for jobid in sys.argv[1:]:
        answer = session.get("{0}/api/v3/jobs/{1}".format(url, jobid), headers=header)
        if not answer.ok:
            print("{0}: {1}".format(jobid, answer.json()["error"]), file=sys.stderr)
            failed = 1
            continue
        table = answer.json()
        job = dict(zip([column["field"] for column in table["columns"]], table["rows"][0]))
        for label, field in LINES:
            print("{0:<16}{1}".format(label, job[field]))
        print()
    return failed


if __name__ == "__main__":
    sys.exit(main())
