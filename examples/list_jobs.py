#!/usr/bin/env python3
"""List jobs by a selection rule, the longest first.

    export NC_URL=`nc cmd vovbrowser`
    ./list_jobs.py                            # my jobs
    ./list_jobs.py 'statusnc==Failed exit>1'  # any rule
"""

import getpass
import json
import os
import sys

import vov_rest_v3

COLUMNS = ["id", "statusnc", "user", "host", "durationpp", "command"]


def main():
    url = os.environ["NC_URL"]
    vrest = vov_rest_v3.VOVRestV3()
    vrest.authorize(url, getpass.getpass("Password:"))
    query = {
        "select": ",".join(COLUMNS),
        "from": "jobs",
        "where": sys.argv[1] if len(sys.argv) > 1 else "user==" + os.environ["USER"],
        "order": "duration DESC",
        "limit": "20",
    }
    answer = json.loads(vrest.submitRequest("GET", url + "/api/v3/query", queryParams=query))
    for row in [COLUMNS] + answer.get("rows", []):
        print("{0:>9}  {1:<9} {2:<10} {3:<12} {4:>10}  {5}".format(*[str(cell) for cell in row]))


if __name__ == "__main__":
    main()
