"""One line to Microsoft Graph: signed in, held to its limits, and its troubles as GraphError in plain words.

Every request asks for immutable ids, which stay with a message from folder to folder. A token that is refused is
fetched anew once. Where Graph asks to be left alone (429, 503 with Retry-After), a short wait is waited out and a long
one is kept to: until it ends nothing is asked at all. Only what may be repeated without harm is repeated.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from intake.credentials import Credentials, TokenRefused, certificate_expiry, network_trouble, web_client
from intake.graph.answers import HINTS, GraphError, error_code, retry_after, segment, table
from intake.settings import Secret, Settings

TRIES = 3
LONGEST_WAIT = 20.0  # seconds that are waited out within one request
LONGEST_SILENCE = 3600.0
FIRST_PAUSE = 1.0
BUSY = frozenset({429, 503, 509})  # learn.microsoft.com/graph/errors: try again after a delay
PASSING = frozenset({500, 502, 504})
IMMUTABLE = 'IdType="ImmutableId"'  # learn.microsoft.com/graph/outlook-immutable-id


class GraphLine:
    """Asks for one mailbox, from one thread at a time. `sleep` and `clock` count seconds."""

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        mailbox: str,
        *,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._graph = settings.graph
        self._proxy = settings.proxy
        self._credentials = credentials
        self._timeout = timeout
        self._sleep = sleep
        self._clock = clock
        self._client: httpx.Client | None = None
        self._quiet_until = 0.0
        self._base = f"{settings.graph.endpoint.rstrip('/')}/users/{quote(mailbox, safe='@')}"
        self.server = urlsplit(settings.graph.endpoint).netloc
        self.certificate_expires: datetime | None = None

    def close(self) -> None:
        """Drop the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    # --- asking ---------------------------------------------------------------------------------------------

    def get(self, path: str, *, prefer: str = "", **query: str) -> dict[str, Any]:
        """What stands at a path below the mailbox, or at an address that Graph itself gave. Raises GraphError."""
        answer = self._repeated(lambda: self._asked("GET", self._address(path, query), prefer=prefer))
        return table(answer, self.server)

    def all(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every entry of a collection, page by page."""
        following = path
        while following:
            page = self.get(following, **(query if following == path else {}))
            yield from page.get("value", [])
            following = str(page.get("@odata.nextLink") or "")

    def by_message_id(self, folder: str, wanted: str, shown: str) -> Iterator[dict[str, Any]]:
        """A folder's messages with this Message-ID. OData 4.01, 5.1.1.6.1: a quote within a text is written twice."""
        quoted = wanted.replace("'", "''")
        query = {"$filter": f"internetMessageId eq '{quoted}'", "$select": shown}
        return self.all(f"mailFolders/{segment(folder)}/messages", **query)

    def post(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Have something made or done; what Graph says of it. Never repeated."""
        return table(self._asked("POST", self._address(path, {}), json=dict(given)), self.server)

    def delete(self, path: str) -> None:
        """Remove something; that it is gone already is as good."""
        try:
            self._repeated(lambda: self._asked("DELETE", self._address(path, {})))
        except GraphError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def put(self, address: str, piece: bytes, start: int, total: int) -> httpx.Response:
        """Upload one piece to an address that Graph gave for it, which needs no token and must see none."""
        if urlsplit(address).scheme != urlsplit(self._graph.endpoint).scheme:
            raise GraphError(
                f"{self.server} gave an address for an upload that is not safe.", "Nothing was sent to it."
            )
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{total}",
        }
        return self._repeated(lambda: self._checked(self._sent("PUT", address, headers=headers, content=piece)))

    def stream(self, path: str, piece: int) -> Iterator[bytes]:
        """The bytes at a path, in pieces. Raises GraphError, also in the middle."""
        self._demand_quiet()
        request = self._http.build_request("GET", self._address(path, {}), headers=self._headers(self._token()))
        with self._troubles():
            answer = self._http.send(request, stream=True)
        try:
            with self._troubles():
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    self._checked(answer)
                yield from answer.iter_bytes(piece)
        finally:
            answer.close()

    def send_once(self, path: str, content: Iterable[bytes], length: int, patience: float) -> httpx.Response:
        """One request over a connection of its own, never repeated and its answer not judged: for what sends mail.

        `patience` is how many seconds its answer may take.

        A connection that was used before may be closed by the other side at any moment, and nobody could tell whether
        before or after the request. Raises httpx.HTTPError, GraphError where there is no token.
        """
        self._demand_quiet()
        headers = self._headers(self._token()) | {"Content-Length": str(length), "Content-Type": "text/plain"}
        timeout = httpx.Timeout(self._timeout, read=patience)
        with self._new_client() as client:
            answer = client.request("POST", self._address(path, {}), headers=headers, content=content, timeout=timeout)
        self._note_quiet(answer)
        return answer

    # --- inside ---------------------------------------------------------------------------------------------

    @property
    def _http(self) -> httpx.Client:
        if self._client is None:
            self._client = self._new_client()
        return self._client

    def _new_client(self) -> httpx.Client:
        return web_client(self._proxy, self._graph.endpoint, ca_file=self._graph.ca_file, timeout=self._timeout)

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        if "://" in path:
            # Where an answer sends us next gets our token: it must be the server that was asked.
            given, ours = urlsplit(path), urlsplit(self._graph.endpoint)
            if (given.scheme, given.netloc) != (ours.scheme, ours.netloc):
                raise GraphError(f"{self.server} sent us to another server.", "Nothing was sent there.")
            return path
        asked = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in query.items())
        return f"{self._base}/{path}" + (f"?{asked}" if asked else "")

    def _headers(self, token: Secret, prefer: str = "") -> dict[str, str]:
        wanted = ", ".join(filter(None, (IMMUTABLE, prefer)))
        return {"Authorization": f"Bearer {token.reveal()}", "Prefer": wanted}

    def _token(self) -> Secret:
        try:
            return self._credentials.access_token()
        except TokenRefused as error:
            raise GraphError(error.message, error.hint) from error

    def _asked(self, method: str, address: str, *, prefer: str = "", json: Any = None) -> httpx.Response:
        self._demand_quiet()
        token = self._token()
        answer = self._sent(method, address, headers=self._headers(token, prefer), json=json)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # refused unread, so that it may be asked again
            self._credentials.forget_token(token)
            answer = self._sent(method, address, headers=self._headers(self._token(), prefer), json=json)
        return self._checked(answer)

    def _sent(self, method: str, address: str, **given: Any) -> httpx.Response:
        with self._troubles():
            answer = self._http.request(method, address, **given)
        line = answer.extensions.get("network_stream")
        inner = line.get_extra_info("ssl_object") if line is not None else None
        if isinstance(inner, ssl.SSLObject | ssl.SSLSocket):
            self.certificate_expires = certificate_expiry(inner.getpeercert())
        return answer

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        self._note_quiet(answer)
        if answer.is_success:
            return answer
        status, code = answer.status_code, error_code(answer)
        told = f"{self.server} refused a request ({', '.join(filter(None, (str(status), code)))})."
        raise GraphError(told, HINTS.get(status, "It will be tried again."), status, code)

    def _repeated(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        for left in range(TRIES - 1, -1, -1):
            try:
                return ask()
            except GraphError as error:
                again = error.status == 0 or error.status in BUSY | PASSING
                wait = max(self._quiet_until - self._clock(), FIRST_PAUSE)
                if not left or not again or wait > LONGEST_WAIT:
                    raise
                self._sleep(wait)
        raise AssertionError  # the last try returns or raises

    def _note_quiet(self, answer: httpx.Response) -> None:
        if answer.status_code in BUSY:
            self._quiet_until = self._clock() + min(retry_after(answer) or FIRST_PAUSE, LONGEST_SILENCE)

    def _demand_quiet(self) -> None:
        left = self._quiet_until - self._clock()
        if left > LONGEST_WAIT:
            raise GraphError(
                f"{self.server} asks us to wait {left:.0f} more seconds.",
                "It is tried again after that.",
                httpx.codes.TOO_MANY_REQUESTS,
            )
        if left > 0:
            self._sleep(left)

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        """After an error of the network the connection is not used again."""
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.close()
            raise GraphError(*network_trouble(error, self.server)) from error
