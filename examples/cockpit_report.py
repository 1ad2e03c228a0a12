#!/usr/bin/env python3
"""Report jobs of a scheduler of your own to the record, and look them up, with `requests` alone.

    export COCKPIT_URL=http://127.0.0.1:8080
    export COCKPIT_TOKEN=$(yardmaster token reporter)   # yardmaster user add reporter --role api --no-password
    ./cockpit_report.py start JOBID CLUSTER HOST [HOST ...]
    ./cockpit_report.py stop JOBID CLUSTER [STATE]                 # completed, failed, timeout, ...
    ./cockpit_report.py list [FILTER=VALUE ...]                    # state=running, user=alice, search=relax, ...

The exit status is 0 when the server did what was asked and 1 when it refused.
"""

import getpass
import os
import sys
import time

import requests

COLUMNS = ["id", "jobId", "user", "cluster", "jobState", "numNodes", "duration"]


class Cockpit:
    """One kept-alive connection; every refusal is an exception with the server's own sentence."""

    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False  # a ~/.netrc would replace the token
        self.session.headers["X-Auth-Token"] = token

    def ask(self, verb, path, **more):
        answer = self.session.request(verb, self.url + path, timeout=30, **more)
        if not answer.ok:
            raise SystemExit("{0}: {1}".format(answer.status_code, reason(answer)))
        return answer.json()

    def start(self, jobid, cluster, hosts):
        job = {
            "jobId": jobid,
            "cluster": cluster,
            "user": getpass.getuser(),
            "project": "examples",
            "numNodes": len(hosts),
            "resources": [{"hostname": host} for host in hosts],
            "startTime": int(time.time()),
            "metaData": {"jobName": "example"},
        }
        return self.ask("POST", "/api/jobs/start_job/", json=job)

    def stop(self, jobid, cluster, state):
        end = {"jobId": jobid, "cluster": cluster, "jobState": state, "stopTime": int(time.time())}
        return self.ask("POST", "/api/jobs/stop_job/", json=end)

    def list(self, filters):
        """Page after page, so that no answer is larger than it must be."""
        page, jobs = 1, ["not asked yet"]
        while jobs:
            params = filters + [("page", page), ("items-per-page", 100)]
            jobs = self.ask("GET", "/api/jobs/", params=params)["jobs"]
            yield from jobs
            page += 1


def reason(answer):
    try:
        return answer.json()["error"]
    except ValueError:
        return answer.text or answer.reason


def main():
    url, token = os.environ.get("COCKPIT_URL"), os.environ.get("COCKPIT_TOKEN")
    if not (url and token):
        raise SystemExit(__doc__)
    cockpit = Cockpit(url, token)
    verb, words = (sys.argv[1:2] or ["help"])[0], sys.argv[2:]
    if verb == "start" and len(words) >= 3:
        cockpit.start(int(words[0]), words[1], words[2:])
        print("Job {0} is recorded".format(words[0]))
    elif verb == "stop" and len(words) >= 2:
        job = cockpit.stop(int(words[0]), words[1], (words[2:3] or ["completed"])[0])
        print("Job {0} is {1} after {2} s".format(job["jobId"], job["jobState"], job["duration"]))
    elif verb == "list" and all("=" in word for word in words):
        print("  ".join(COLUMNS))
        for job in cockpit.list([tuple(word.split("=", 1)) for word in words]):
            print("  ".join(str(job.get(column, "")) for column in COLUMNS))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
