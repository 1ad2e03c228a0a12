"""Talk to Yardmaster's Accelerator REST API v3 from Python.

    import vov_rest_v3

    vrest = vov_rest_v3.VOVRestV3()
    vrest.authorize("http://myhost:6330", password)
    text = vrest.submitRequest("GET", "http://myhost:6330/api/v3/project/1/project")

The class and its methods are those of "The vov_rest_v3.py Python Library Module" in the Accelerator REST tutorial
(2024.1). It needs Python 3.6 or newer and the package `requests`.
"""

import base64
import binascii
import getpass
import json
import os
import stat
from typing import Any, Dict, Optional, Tuple, Union
from urllib.parse import urlsplit

import requests
import urllib3

__all__ = ["VOVRestError", "VOVRestV3"]
__version__ = "0.1.0"

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
WITH_BODY = ("POST", "PUT", "PATCH")

#: Seconds to wait for a connection, and for the next byte of an answer.
DEFAULT_TIMEOUT = (10.0, 600.0)


class VOVRestError(requests.exceptions.HTTPError):
    """The server refused: `str(error)` is its own sentence, `error.status` the HTTP status, 401 to sign in again."""

    def __init__(self, message: str, status: int, response: Optional[requests.Response] = None) -> None:
        super().__init__(message, response=response)
        self.status = status


class _Token(requests.auth.AuthBase):
    """Puts the token into a request. As an `auth` object, so that an entry in ~/.netrc cannot take its place."""

    def __init__(self, header: str) -> None:
        self.header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.header:
            request.headers["Authorization"] = self.header
        return request


class VOVRestV3:
    """One signed-in user at one server, over kept-alive connections.

    Self-signed certificates are accepted without a warning, as the tutorial promises. Pass `verify=True` (or the path of a
    CA bundle) to have them checked instead. `timeout` is in seconds, `(connect, read)`.
    """

    def __init__(
        self,
        verify: Union[bool, str] = False,
        timeout: Tuple[float, float] = DEFAULT_TIMEOUT,
    ) -> None:
        self._session = requests.Session()
        self._verify = verify
        self._timeout = timeout
        self._jwt = ""
        if verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def authorize(
        self, url: str, *credentials: str, username: Optional[str] = None, password: Optional[str] = None
    ) -> None:
        """Sign in at the server of `url` and remember the token.

        The tutorial's signature and its examples differ, so both are served: one positional argument after the URL is the
        password, two are user name and password, and either may be a keyword. The user defaults to $USER.

        :raises VOVRestError: when the server refuses
        :raises TypeError: when the arguments do not name one password
        """
        user, secret = _credentials(credentials, username, password)
        form = {"username": user or _current_user(), "password": secret}
        answer = self._session.post(
            _base_of(url) + "/api/v3/token", data=form, auth=_Token(""), verify=self._verify, timeout=self._timeout
        )
        token = json.loads(_text_of(answer))
        self.setJWT(token["token_type"] + ":" + token["access_token"])

    def authorizeWithKey(self, url: str, key: str, username: str = "") -> None:
        """Sign in without a password, with a token that an administrator made: `yardmaster token NAME > FILE`.

        `key` is the path of that file, which nobody else may read, or the token itself. The server is asked whether it
        accepts the token. With `username`, the token must also be that user's.

        :raises VOVRestError: when the server refuses the token
        :raises PermissionError: when others can read the file
        :raises ValueError: when there is no token, or it is another user's
        """
        token = _read_key(key)
        owner = _owner_of(token)
        if username and owner and owner != username:
            raise ValueError("the token is {0}'s, not {1}'s".format(owner, username))
        before = self._jwt
        self.setJWT(token)
        try:
            self.submitRequest("GET", _base_of(url) + "/api/v3/project/1/version")
        except requests.exceptions.RequestException:
            self._jwt = before
            raise

    def submitRequest(
        self,
        method: str,
        url: str,
        queryParams: Optional[Dict[str, Any]] = None,
        jsonData: Optional[Dict[str, Any]] = None,
    ) -> str:
        """Send one request and give the text of the answer.

        `queryParams` are added to the URL; `jsonData` is the body of a POST, PUT or PATCH.

        :raises VOVRestError: when the server answers with an error
        :raises requests.exceptions.RequestException: when no answer came
        """
        verb = method.upper()
        if verb not in METHODS:
            raise ValueError("method must be one of {0}, not {1!r}".format(", ".join(METHODS), method))
        answer = self._session.request(
            verb,
            url,
            params=queryParams or None,
            json=(jsonData or {}) if verb in WITH_BODY else None,
            auth=_Token(self._jwt),
            verify=self._verify,
            timeout=self._timeout,
        )
        return _text_of(answer)

    def getJWT(self) -> str:
        """The token in the form that the Authorization header takes, `Bearer:TOKEN`; "" before signing in."""
        return self._jwt

    def setJWT(self, token: str) -> None:
        """Use another token from now on; with or without its `Bearer:`."""
        bare = _bare(token)
        self._jwt = "Bearer:" + bare if bare else ""


def _credentials(
    positional: Tuple[str, ...], username: Optional[str], password: Optional[str]
) -> Tuple[Optional[str], str]:
    """User and password from what `authorize` was given."""
    values = list(positional)
    if password is None and values:
        password = values.pop()
    if username is None and values:
        username = values.pop()
    if values:
        raise TypeError("authorize(url, [username,] password): too many arguments, or one given twice")
    if password is None:
        raise TypeError("authorize(url, [username,] password): the password is missing")
    return username, password


def _current_user() -> str:
    return os.environ.get("USER") or getpass.getuser()


def _base_of(url: str) -> str:
    """Scheme, host and port of any URL of the server."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("expected a URL like http://myhost:6330 (what `nc cmd vovbrowser` prints), not {0!r}".format(url))
    return "{0}://{1}".format(parts.scheme, parts.netloc)


def _bare(token: str) -> str:
    text = token.strip()
    if text[:6].lower() == "bearer":
        text = text[6:].lstrip(": ")
    return text


def _read_key(key: str) -> str:
    """The token in a file that only its owner can read, or the token that was passed itself."""
    if not os.path.exists(key):
        if key.count(".") != 2 or os.sep in key:
            raise ValueError("there is no key file {0!r}; make one: yardmaster token NAME > FILE".format(key))
        return key
    with open(key, "r") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PermissionError("others can read the key file {0}; run: chmod 600 {0}".format(key))
        token = _bare(file.read())
    if not token:
        raise ValueError("the key file {0} is empty; make one: yardmaster token NAME > FILE".format(key))
    return token


def _owner_of(token: str) -> str:
    """The user whom a token says it was made for, "" when it does not say; the server is the one to believe it."""
    try:
        payload = _bare(token).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("utf-8"))
        return str(claims.get("sub", ""))
    except (IndexError, ValueError, AttributeError, binascii.Error):
        return ""


def _text_of(answer: requests.Response) -> str:
    """The body of a good answer; the sentence of a bad one is raised."""
    if answer.status_code < 300:
        return answer.text
    raise VOVRestError(_sentence_of(answer), answer.status_code, answer)


def _sentence_of(answer: requests.Response) -> str:
    try:
        sentence = answer.json().get("error")
    except (ValueError, AttributeError):
        sentence = answer.text.strip()[:500]
    return sentence or "HTTP {0} {1}".format(answer.status_code, answer.reason)
