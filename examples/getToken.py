"""Tokens for programs that use `requests` directly.

    jwt = getJWT(url, user, password)              # one connection of its own
    jwt = getJWT(session, url, user, password)     # over the session's kept-alive connection

Both orders of arguments are in use: the tutorial defines the first and its nc_info.py calls the second.
"""

import getpass
import sys
from urllib.parse import urlsplit

import requests


def getJWT(*arguments):
    """The value of the Authorization header, `Bearer:TOKEN`; ends the program with the server's sentence if refused."""
    session = requests.Session()
    if len(arguments) == 4:
        session, arguments = arguments[0], arguments[1:]
    url, user, password = arguments
    parts = urlsplit(url)
    answer = session.post(
        "{0}://{1}/api/v3/token".format(parts.scheme, parts.netloc), data={"username": user, "password": password}
    )
    if not answer.ok:
        sys.exit("sign-in refused ({0}): {1}".format(answer.status_code, answer.json()["error"]))
    token = answer.json()
    return token["token_type"] + ":" + token["access_token"]


def getMyPassword():
    return getpass.getpass("Password:")
