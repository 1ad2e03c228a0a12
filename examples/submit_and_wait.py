#!/usr/bin/env python3
"""Submit a command, wait until it has ended, print its log.

    export NC_URL=`nc cmd vovbrowser`
    ./submit_and_wait.py COMMAND [ARGUMENT ...]

The exit status is 0 when the job is Done and 1 when it failed.
"""

import getpass
import json
import os
import sys
import time

import vov_rest_v3


def value(vrest, url, job, field):
    """One field of a job."""
    return json.loads(vrest.submitRequest("GET", "{0}/api/v3/jobs/{1}/{2}".format(url, job, field)))["rows"][0][0]


def main():
    url = os.environ["NC_URL"]
    vrest = vov_rest_v3.VOVRestV3()
    vrest.authorize(url, getpass.getpass("Password:"))

    logfile = "JOBLOG.{0}.{1}".format(int(time.time()), os.getpid())
    job = {
        "command": " ".join(sys.argv[1:]),
        "logfile": logfile,
        "rundir": os.getcwd(),
        "env": "BASE",
        "autokill": "1h",
    }
    jobid = json.loads(vrest.submitRequest("POST", url + "/api/v3/jobs", jsonData=job))["jobid"]
    print("Job {0} is submitted".format(jobid))

    pause = 0.1
    status = value(vrest, url, jobid, "statusnc")
    while status not in ("Done", "Failed", "Idle", "Sleeping"):
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
        status = value(vrest, url, jobid, "statusnc")

    print("Job {0} is {1}".format(jobid, status))
    if os.path.exists(logfile):
        with open(logfile) as log:
            sys.stdout.write(log.read())
    return 0 if status == "Done" else 1


if __name__ == "__main__":
    sys.exit(main())
