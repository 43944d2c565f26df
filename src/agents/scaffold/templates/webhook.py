"""Receives the calls of a jimeng-api service at the end of a task (`callback_url`).

    handler = webhook_handler(
        state_of=lambda task_id: db.state_of(task_id),  # None for a task that is not yours
        finish=lambda end: db.finish(end),
    )
    WebhookServer(("127.0.0.1", 8080), handler).serve_forever()

The calls have no signature, so a call is only a hint: what is true is asked for at the service. It is called up to four
times (again after 5, 15 and 30 s) and then never, and not for cancelled tasks: keep asking now and then as well.
Python 3.9 or newer, standard library only. Written by `jimeng scaffold`; it is yours to change.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import socket
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable
from urllib.parse import quote

log = logging.getLogger("jimeng")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


class WebhookServer(ThreadingHTTPServer):
    """Takes 32 calls at once, each in a thread of its own; more of them wait."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._free = threading.BoundedSemaphore(32)
        super().__init__(*arguments, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


def webhook_handler(
    state_of: Callable[[str], str | None],
    finish: Callable[[dict[str, Any]], None],
    address: str | None = None,
    largest_body: int = 1024 * 1024,
    ask_again_after: tuple[float, ...] = (1.0, 5.0, 30.0),
    call_limit: float = 10.0,
) -> type[BaseHTTPRequestHandler]:
    """A request handler that answers at once and does its work afterwards.

    Calls that come twice, late or from a stranger change nothing. Both functions are called from several threads.
    `state_of(task_id)`: what your records say, "open", "finished" or None. Answer quickly: the service waits 10 s.
    `finish(end)`: write it into your records, so that `state_of` says "finished" from then on. `end` has `task_id`,
    `status` ("completed" or "failed") and `results` or `error`; links live 2 to 3 hours.
    `address`: the service's; JIMENG_API_URL unless given. `largest_body` in bytes, `ask_again_after` in seconds.
    `call_limit`: how many seconds a call may take, also one that arrives byte by byte.
    """
    base = (address or os.environ.get("JIMENG_API_URL") or "http://localhost:5100").rstrip("/")
    workers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="jimeng-webhook")
    at_work: set[str] = set()
    lock = threading.Lock()

    def settle(task_id: str) -> None:
        try:
            end = _ask(f"{base}/v1/tasks/{quote(task_id, safe='')}", task_id, ask_again_after)
            # Asked once more: another process may have been told meanwhile.
            if end is not None and state_of(task_id) == "open":
                finish(end)
        except Exception:
            log.exception("The end of the task %s could not be written down.", task_id)
        finally:
            with lock:
                at_work.discard(task_id)

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            super().setup()
            # Ends the reading, so that what came is answered: the limit of a socket begins anew with each byte.
            self._limit = threading.Timer(call_limit, self._stop_reading)
            self._limit.daemon = True
            self._limit.start()

        def finish(self) -> None:
            self._limit.cancel()
            super().finish()

        def _stop_reading(self) -> None:
            try:
                self.connection.shutdown(socket.SHUT_RD)
            except OSError:
                pass  # it has gone

        def do_POST(self) -> None:
            try:
                status = self._receive()
            except Exception:
                log.exception("A call of the service was not taken.")
                status = 500  # the service calls again
            self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _receive(self) -> int:
            task_id = self.headers.get("X-Task-Id", "")
            length = self.headers.get("Content-Length", "")
            if not task_id or self.headers.get("X-Webhook-Event") not in ("task.completed", "task.failed"):
                return 400
            if not re.fullmatch("[0-9]{1,18}", length):
                return 411
            if int(length) > largest_body:
                left = int(length)
                while left > 0 and (chunk := self.rfile.read(min(left, 64 * 1024))):  # so that the answer arrives
                    left -= len(chunk)
                return 413
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                return 408
            try:
                task = json.loads(body)
            except (ValueError, RecursionError):  # no JSON, or deeper than this reader goes
                return 400
            if not isinstance(task, dict) or task.get("task_id") != task_id:
                return 400
            state = state_of(task_id)
            if state is None:
                return 404  # perhaps not in your records yet: the service calls again
            with lock:
                begin = state == "open" and task_id not in at_work
                if begin:
                    at_work.add(task_id)
            if begin:
                workers.submit(settle, task_id)
            return 204

        def log_message(self, format: str, *args: Any) -> None:
            log.debug(format, *args)

    return Handler


def _ask(url: str, task_id: str, ask_again_after: tuple[float, ...]) -> dict[str, Any] | None:
    """How a task ended; None where it has not, or the service does not know it. Raises when the service stays away."""
    for pause in (*ask_again_after, None):
        try:
            with _opener.open(url, timeout=30) as response:
                task = json.load(response)
            if not isinstance(task, dict) or not ("status" in task or "任务不存在" in str(task.get("message"))):
                raise ValueError("no task, but a fault inside the service")
            return _end_of(task_id, task)
        except (OSError, ValueError, RecursionError, http.client.HTTPException):
            if pause is None:
                raise
            time.sleep(pause)
    return None


def _end_of(task_id: str, task: dict[str, Any]) -> dict[str, Any] | None:
    """The service tells that it does not know a task with HTTP 200 and a negative `code`, and no status."""
    status = task.get("status")
    if status == "failed":
        return {"task_id": task_id, "status": status, "error": _harmless(str(task.get("error") or "no reason given"))}
    if status != "completed":
        return None
    result = task.get("result")
    data = result.get("data") if isinstance(result, dict) else None
    items = data if isinstance(data, list) else []
    results = [i for i in items if isinstance(i, dict) and isinstance(i.get("url") or i.get("b64_json") or None, str)]
    if not results:
        return {"task_id": task_id, "status": "failed", "error": "It was completed without a result."}
    return {"task_id": task_id, "status": status, "results": results}


def _harmless(text: str) -> str:
    """The service repeats what it was sent in its messages: the session ID goes into no log."""
    session = os.environ.get("JIMENG_SESSION_ID", "").strip()
    secret = re.sub(r"^(us|hk|jp|sg)-", "", session.split("@")[-1])
    return text.replace(secret, "••••") if secret else text
