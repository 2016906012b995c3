"""A small Microsoft Graph: real HTTP on loopback, mailboxes in memory, and no more than the published contract allows.

What is asked otherwise than the documentation of v1.0 says is refused, and noted in `broken`, which a test can demand
to be empty. Each operation names its page below learn.microsoft.com/graph. What is promised nowhere is made awkward on
purpose: pages are short, a delta round comes in no order and names a message twice, ids without
`Prefer: IdType="ImmutableId"` change with every move, an upload's address is on another port and takes no token.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.servers.graph_mailbox import GraphStore, StoredMessage, draft_from_json, draft_from_mime
from tests.servers.smtp_sink import ReceivedMail

MOST = 4 * 1024 * 1024  # bytes of one request
SESSION_FROM = 3 * 1024 * 1024
SELECTABLE = frozenset(
    {"id", "receivedDateTime", "internetMessageId", "parentFolderId", "isDraft", "subject", "sentDateTime"}
)
_ID = r"[^/]+"
Answer = tuple[int, Any, dict[str, str]]  # status, JSON or bytes, headers


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next requests that match: `where` is found in "METHOD path".

    `status` answers without doing it; `then` answers with that after doing it; `cut` breaks the line, "before" it is
    done, "after" it, or in the "middle" of the answer; `hang` waits that many seconds first.
    """

    where: str
    status: int = 0
    then: int = 0
    cut: str = ""
    code: str = "generalException"
    retry_after: str = ""
    hang: float = 0.0
    times: int = 1


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    size: int


@dataclass
class Session:
    """An upload under way."""

    message: str
    name: str
    media_type: str
    size: int
    content: bytearray = field(default_factory=bytearray)


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code


class GraphServer:
    """One tenant. `add_user()` makes a mailbox; `token` is the one that is let in."""

    host = "127.0.0.1"

    def __init__(self, page: int = 3) -> None:
        self.page = page
        self.token = "a graph token"
        self.broken: list[str] = []
        self.asked: list[Asked] = []
        self.users: dict[str, GraphStore] = {}
        self.sent: list[ReceivedMail] = []
        self.refuse: Callable[[StoredMessage], str] = lambda _message: ""
        self.loses_answer: Callable[[StoredMessage], bool] = lambda _message: False
        self.keeps_copies = True
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._sessions: dict[str, Session] = {}
        self._count = 0
        self._server = _serving(self, _Handler)
        self._uploads = _serving(self, _UploadHandler)
        self.endpoint = f"http://{self.host}:{self._server.server_port}/v1.0"
        self.token_endpoint = f"http://{self.host}:{self._server.server_port}/a-tenant/oauth2/v2.0/token"

    def __enter__(self) -> Self:
        for server in (self._server, self._uploads):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_listening()

    def stop_listening(self) -> None:
        """Take no further connection; those that are open stay so."""
        for server in (self._server, self._uploads):
            server.shutdown()
            server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    def add_user(self, address: str = "") -> GraphStore:
        """A mailbox, empty."""
        name = address or f"u{len(self.users) + 1}@graph.example"
        self.users[name.lower()] = GraphStore(name, self.lock)
        return self.users[name.lower()]

    def spoil(self, *faults: Fault) -> None:
        """Let these go wrong, the first that matches first."""
        with self.lock:
            self.faults[:] = faults

    def fault_for(self, request: str) -> Fault | None:
        with self.lock:
            for at, fault in enumerate(self.faults):
                if re.search(fault.where, request):
                    if fault.times <= 1:
                        del self.faults[at]
                    else:
                        self.faults[at] = Fault(**(fault.__dict__ | {"times": fault.times - 1}))
                    return fault
        return None

    def note(self, asked: Asked) -> None:
        with self.lock:
            self.asked.append(asked)

    def demand(self, condition: object, told: str) -> None:
        """The contract: what does not hold is refused, and remembered."""
        if not condition:
            with self.lock:
                self.broken.append(told)
            raise Refusal(400, "BadRequest", told)

    # --- what is done ---------------------------------------------------------------------------------------

    def answer(self, asked: Asked, body: bytes) -> Answer:
        """What is said to a request."""
        if asked.path == urlsplit(self.token_endpoint).path:
            return self._give_token(asked, body)
        self.demand(len(body) <= MOST, f"{len(body)} bytes in one request")
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            raise Refusal(401, "InvalidAuthenticationToken")
        found = re.fullmatch(rf"/v1\.0/users/({_ID})/(.+)", asked.path)
        self.demand(found, f"no such path: {asked.path}")
        assert found is not None
        store = self.users.get(unquote(found[1]).lower())
        if store is None:
            raise Refusal(404, "ErrorInvalidUser")
        for method, pattern, act in _ROUTES:
            matched = re.fullmatch(pattern, found[2])
            if method == asked.method and matched:
                with self.lock:
                    answer: Answer = act(self, store, asked, body, *(unquote(each) for each in matched.groups()))
                    return answer
        self.demand(False, f"no such operation: {asked.method} {found[2]}")
        raise AssertionError

    def ids(self, asked: Asked) -> bool:
        """Are ids to be immutable? /graph/outlook-immutable-id"""
        return 'IdType="ImmutableId"' in asked.headers.get("prefer", "")

    def get_folder(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/mailfolder-get"""
        folder = store.folder(name)
        if folder is None:
            raise Refusal(404, "ErrorItemNotFound")
        return 200, self._chosen(asked, store.folder_entry(folder)), {}

    def list_folders(self, store: GraphStore, asked: Asked, _body: bytes, above: str = "") -> Answer:
        """/graph/api/user-list-mailfolders, /graph/api/mailfolder-list-childfolders"""
        if above and store.folder(above) is None:
            raise Refusal(404, "ErrorItemNotFound")
        parent = store.folder(above) if above else None
        entries = [store.folder_entry(each) for each in store.tree if each.parent == (parent.id if parent else "")]
        return 200, self._paged(asked, [self._chosen(asked, each) for each in entries]), {}

    def make_folder(self, store: GraphStore, asked: Asked, body: bytes, above: str = "") -> Answer:
        """/graph/api/user-post-mailfolders, /graph/api/mailfolder-post-childfolders"""
        given = self._json(asked, body)
        self.demand(isinstance(given.get("displayName"), str), "a folder without displayName")
        parent = store.folder(above) if above else None
        if above and parent is None:
            raise Refusal(404, "ErrorItemNotFound")
        if not given["displayName"].strip():
            raise Refusal(400, "ErrorInvalidArgument")
        made = store.make_folder(given["displayName"], parent.id if parent else "")
        if made is None:
            raise Refusal(409, "ErrorFolderExists")
        return 201, store.folder_entry(made), {}

    def list_messages(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/mailfolder-list-messages, with $filter=internetMessageId eq '…'"""
        folder = store.folder(name)
        if folder is None:
            raise Refusal(404, "ErrorItemNotFound")
        wanted = re.fullmatch(r"internetMessageId eq '((?:[^']|'')*)'", asked.query.get("$filter", ""))
        self.demand(wanted, f"a filter that is not supported: {asked.query.get('$filter')}")
        assert wanted is not None
        text = wanted[1].replace("''", "'")
        found = [each for each in store.held.values() if each.folder == folder.id and each.message_id == text]
        return 200, self._paged(asked, [self._chosen(asked, self._entry(asked, each)) for each in found]), {}

    def delta(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/message-delta: a round ends with a deltaLink; its order is not promised."""
        folder = store.folder(name)
        if folder is None:
            raise Refusal(404, "ErrorItemNotFound")
        self.demand(not ({"$filter", "$search", "$orderby"} & set(asked.query)), "a query option that delta has not")
        token = asked.query.get("$deltatoken") or asked.query.get("$skiptoken")
        if token:
            self.demand("$select" not in asked.query, "$select given again to a link")
            state = store.tokens.get(token)
            if state is None:
                raise Refusal(410, "SyncStateNotFound")
            since, skip, shown, until = state
        else:
            since, skip, shown, until = -1, 0, asked.query.get("$select", ""), store.clock
        if asked.query.get("$deltatoken"):
            until = store.clock
        entries = list(self._changes(store, folder.id, since, until, asked, shown))
        page = min(self.page, int(_preferred(asked, "odata.maxpagesize") or 10))
        here, left = entries[skip : skip + page], entries[skip + page :]
        address = f"{self.endpoint}/users/{store.address}/mailFolders/{quote(folder.id, safe='')}/messages/delta"
        if left:
            following = store.new_token((since, skip + page, shown, until))
            return 200, {"value": here, "@odata.nextLink": f"{address}?$skiptoken={following}"}, {}
        following = store.new_token((until, 0, shown, until))
        return 200, {"value": here, "@odata.deltaLink": f"{address}?$deltatoken={following}"}, {}

    def _changes(
        self, store: GraphStore, folder: str, since: int, until: int, asked: Asked, shown: str
    ) -> Iterable[dict[str, Any]]:
        gone = [name for at, name in store.left.get(folder, []) if since < at <= until]
        wanted = [each for each in store.held.values() if each.folder == folder and since < each.changed <= until]
        if since >= 0:
            for name in gone:
                yield {"id": self._shown_id(asked, name, store), "@removed": {"reason": "deleted"}}
        entries = [self._chosen(asked, self._entry(asked, each), shown) for each in reversed(wanted)]
        yield from entries
        yield from entries[:1]  # the same entity may come twice

    def get_message(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/message-get"""
        return 200, self._chosen(asked, self._entry(asked, self._message(store, asked, name))), {}

    def get_mime(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/outlook-get-mime-message"""
        return 200, self._message(store, asked, name).raw, {"Content-Type": "text/plain"}

    def move(self, store: GraphStore, asked: Asked, body: bytes, name: str) -> Answer:
        """/graph/api/message-move"""
        message, given = self._message(store, asked, name), self._json(asked, body)
        target = store.folder(str(given.get("destinationId")))
        if target is None:
            raise Refusal(404, "ErrorItemNotFound")
        store.put_into(message, target.id)
        return 201, self._entry(asked, message), {}

    def delete(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/message-delete"""
        store.remove(self._message(store, asked, name))
        return 204, b"", {}

    def send_mail(self, store: GraphStore, asked: Asked, body: bytes) -> Answer:
        """/graph/api/user-sendmail, in MIME"""
        self.demand(asked.headers.get("content-type") == "text/plain", "MIME that is not text/plain")
        try:
            raw = base64.b64decode(body, validate=True)
        except binascii.Error:
            raise Refusal(400, "ErrorMimeContentInvalidBase64String") from None
        self._leave(store, draft_from_mime(raw))
        return 202, b"", {}

    def make_draft(self, store: GraphStore, asked: Asked, body: bytes) -> Answer:
        """/graph/api/user-post-messages, in JSON"""
        given = self._json(asked, body)
        headers = given.get("internetMessageHeaders", [])
        self.demand(all(each["name"].lower().startswith("x-") for each in headers), "a header that is not x-")
        self.demand(len(headers) <= 5, "more than five headers")
        draft = store.keep(draft_from_json(given), "drafts")
        return 201, self._entry(asked, draft), {}

    def attach(self, store: GraphStore, asked: Asked, body: bytes, name: str) -> Answer:
        """/graph/api/message-post-attachments: below 3 MB"""
        message, given = self._message(store, asked, name), self._json(asked, body)
        self.demand(given.get("@odata.type") == "#microsoft.graph.fileAttachment", "an attachment of no type")
        content = base64.b64decode(given["contentBytes"], validate=True)
        self.demand(len(content) < SESSION_FROM, "a file of 3 MB and more without an upload session")
        message.attach(given["name"], given["contentType"], content)
        return 201, {"id": "attachment", "name": given["name"]}, {}

    def list_attachments(self, store: GraphStore, asked: Asked, _body: bytes, name: str) -> Answer:
        """/graph/api/message-list-attachments"""
        files = self._message(store, asked, name).files
        entries = [{"id": str(at), "name": each[0], "size": len(each[2]) + 180} for at, each in enumerate(files)]
        return 200, self._paged(asked, entries), {}

    def begin_upload(self, store: GraphStore, asked: Asked, body: bytes, name: str) -> Answer:
        """/graph/api/attachment-createuploadsession: from 3 MB to 150 MB"""
        message, item = self._message(store, asked, name), self._json(asked, body)["AttachmentItem"]
        self.demand(item.get("attachmentType") == "file", "an upload that is no file")
        self.demand(SESSION_FROM <= item["size"] <= 150 * 1024 * 1024, f"an upload session for {item['size']} bytes")
        self._count += 1
        key = f"s{self._count}"
        self._sessions[key] = Session(message.id, item["name"], item.get("contentType", ""), item["size"])
        session = {
            "uploadUrl": f"http://{self.host}:{self._uploads.server_port}/sessions/{store.address}/{key}?authtoken=t",
            "expirationDateTime": _text(datetime.now(UTC) + timedelta(hours=1)),
            "nextExpectedRanges": ["0-"],
        }
        return 201, session, {}

    def upload(self, asked: Asked, body: bytes) -> Answer:
        """/graph/outlook-large-attachments: in order, below 4 MB, without a token"""
        self.demand("authorization" not in asked.headers, "a token at an upload's address")
        self.demand(asked.query.get("authtoken") == "t", "an upload's address was changed")
        self.demand(len(body) < MOST, f"a piece of {len(body)} bytes")
        _, _, address, key = asked.path.split("/")
        told = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", asked.headers.get("content-range", ""))
        self.demand(told, "no Content-Range")
        assert told is not None
        start, end, total = (int(each) for each in told.groups())
        with self.lock:
            session = self._sessions.get(key)
            if session is None:
                raise Refusal(404, "uploadSessionNotFound")
            self.demand(end - start + 1 == len(body) and total == session.size, "a range that is not the piece's")
            if start != len(session.content):
                raise Refusal(416, "invalidRange")
            session.content += body
            if len(session.content) < session.size:
                return 200, {"nextExpectedRanges": [str(len(session.content))]}, {}
            message = self.users[address.lower()].held[session.message]
            message.attach(session.name, session.media_type, bytes(session.content))
            del self._sessions[key]
        return 201, b"", {"Location": "http://outlook.example/attachments/1"}

    def send_draft(self, store: GraphStore, asked: Asked, body: bytes, name: str) -> Answer:
        """/graph/api/message-send: no body, Content-Length 0"""
        self.demand(not body and asked.headers.get("content-length") == "0", "a draft sent with a body")
        message = self._message(store, asked, name)
        if not message.is_draft:
            raise Refusal(400, "ErrorInvalidOperation")
        self._leave(store, message)
        return 202, b"", {}

    # --- inside ---------------------------------------------------------------------------------------------

    def _leave(self, store: GraphStore, message: StoredMessage) -> None:
        if code := self.refuse(message):
            raise Refusal(int(code.partition(" ")[0]), code.partition(" ")[2])
        if not message.recipients:
            raise Refusal(400, "ErrorInvalidRecipients")
        message.is_draft = False
        self.sent.append(ReceivedMail(store.address, message.recipients, message.as_sent()))
        lost = self.loses_answer(message)
        if self.keeps_copies:
            store.keep(message, "sentitems")
        elif message.id in store.held:
            store.remove(message)
        if lost:
            raise ConnectionAbortedError

    def _give_token(self, asked: Asked, body: bytes) -> Answer:
        """/azure/active-directory/develop/v2-oauth2-client-creds-grant-flow"""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.demand(asked.method == "POST" and form.get("grant_type") == "client_credentials", "no such grant")
        wanted = f"http://{self.host}:{self.port}/.default"
        self.demand(form.get("scope") == wanted, f"a token for {form.get('scope')}")
        return 200, {"token_type": "Bearer", "access_token": self.token, "expires_in": 3599}, {}

    def _message(self, store: GraphStore, asked: Asked, name: str) -> StoredMessage:
        found = store.by_id(name, immutable=self.ids(asked))
        if found is None:
            raise Refusal(404, "ErrorItemNotFound")
        return found

    def _shown_id(self, asked: Asked, name: str, store: GraphStore) -> str:
        return name if self.ids(asked) else store.passing_id(name)

    def _entry(self, asked: Asked, message: StoredMessage) -> dict[str, Any]:
        return {
            "id": message.id if self.ids(asked) else f"{message.id}.{message.moves}",
            "receivedDateTime": _text(message.received),
            "internetMessageId": message.message_id,
            "parentFolderId": message.folder,
            "isDraft": message.is_draft,
        }

    def _chosen(self, asked: Asked, entry: dict[str, Any], shown: str = "") -> dict[str, Any]:
        wanted = (shown or asked.query.get("$select", "")).split(",")
        if wanted == [""]:
            return entry
        known = SELECTABLE | {"displayName", "childFolderCount", "totalItemCount", "unreadItemCount", "name", "size"}
        self.demand(set(wanted) <= known, f"$select of what there is not: {wanted}")
        return {name: value for name, value in entry.items() if name in {*wanted, "id"}}

    def _paged(self, asked: Asked, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """/graph/paging"""
        size = min(self.page, int(asked.query.get("$top", "10")))
        skip = int(asked.query.get("$skip", "0"))
        page: dict[str, Any] = {"value": entries[skip : skip + size]}
        if skip + size < len(entries):
            kept = "&".join(f"{name}={quote(value)}" for name, value in asked.query.items() if name != "$skip")
            page["@odata.nextLink"] = f"http://{self.host}:{self.port}{asked.path}?{kept}&$skip={skip + size}"
        return page

    def _json(self, asked: Asked, body: bytes) -> dict[str, Any]:
        self.demand(asked.headers.get("content-type") == "application/json", "JSON that is not application/json")
        given: dict[str, Any] = json.loads(body)
        return given


def _preferred(asked: Asked, name: str) -> str:
    found = re.search(rf"{re.escape(name)}=(\w+)", asked.headers.get("prefer", ""))
    return found[1] if found else ""


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", "mailFolders", GraphServer.list_folders),
    ("POST", "mailFolders", GraphServer.make_folder),
    ("GET", f"mailFolders/({_ID})", GraphServer.get_folder),
    ("GET", f"mailFolders/({_ID})/childFolders", GraphServer.list_folders),
    ("POST", f"mailFolders/({_ID})/childFolders", GraphServer.make_folder),
    ("GET", f"mailFolders/({_ID})/messages", GraphServer.list_messages),
    ("GET", f"mailFolders/({_ID})/messages/delta", GraphServer.delta),
    ("POST", "messages", GraphServer.make_draft),
    ("GET", f"messages/({_ID})", GraphServer.get_message),
    ("DELETE", f"messages/({_ID})", GraphServer.delete),
    ("GET", rf"messages/({_ID})/\$value", GraphServer.get_mime),
    ("POST", f"messages/({_ID})/move", GraphServer.move),
    ("POST", f"messages/({_ID})/send", GraphServer.send_draft),
    ("GET", f"messages/({_ID})/attachments", GraphServer.list_attachments),
    ("POST", f"messages/({_ID})/attachments", GraphServer.attach),
    ("POST", f"messages/({_ID})/attachments/createUploadSession", GraphServer.begin_upload),
    ("POST", "sendMail", GraphServer.send_mail),
]


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, lets it go wrong where it is to, and answers."""

    protocol_version = "HTTP/1.1"
    graph: GraphServer

    def act(self, asked: Asked, body: bytes) -> Answer:
        return self.graph.answer(asked, body)

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers, len(body))
        self.graph.note(asked)
        fault = self.graph.fault_for(f"{self.command} {unquote(parts.path)}")
        if fault is not None and fault.hang:
            time.sleep(fault.hang)
        if fault is not None and fault.cut == "before":
            self.connection.close()
            self.close_connection = True
            return
        if fault is not None and fault.status:
            self._say(*_error(Refusal(fault.status, fault.code), fault.retry_after))
            return
        try:
            status, content, more = self.act(asked, body)
        except Refusal as refusal:
            self._say(*_error(refusal))
            return
        except ConnectionAbortedError:
            self._say(202, b"", {}, cut="after")
            return
        if fault is not None and fault.then:
            status, content, more = _error(Refusal(fault.then, fault.code), fault.retry_after)
        self._say(status, content, more, cut=fault.cut if fault is not None else "")

    def _say(self, status: int, content: Any, more: dict[str, str], cut: str = "") -> None:
        if cut == "after":
            self.connection.close()
            self.close_connection = True
            return
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | more).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            self.wfile.write(raw[: len(raw) // 2] if cut == "middle" else raw)
        except ConnectionError:
            self.close_connection = True
        if cut == "middle":
            self.connection.close()
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class _UploadHandler(_Handler):
    """The other server, which takes uploads."""

    def act(self, asked: Asked, body: bytes) -> Answer:
        return self.graph.upload(asked, body)


for _method in ("GET", "POST", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler._do)


def _serving(graph: GraphServer, handler: type[_Handler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"graph": graph}))
    server.daemon_threads = True
    return server


def _error(refusal: Refusal, retry_after: str = "") -> Answer:
    """/graph/errors"""
    told = {"error": {"code": refusal.code, "message": refusal.message, "innerError": {"request-id": "r"}}}
    return refusal.status, told, {"Retry-After": retry_after} if retry_after else {}
