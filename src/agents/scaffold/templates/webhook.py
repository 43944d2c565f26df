"""Receives the calls of a jimeng-api service at the end of a task (`callback_url`).

    handler = webhook_handler(
        state_of=lambda task_id: db.state_of(task_id),  # None for a task that is not yours
        finish=lambda end: db.finish(end),
    )
    ThreadingHTTPServer(("127.0.0.1", 8080), handler).serve_forever()

The calls have no signature, so a call is only a hint: what is true is asked for at the service. It is called up to four
times (again after 5, 15 and 30 s) and then never, and not for cancelled tasks: keep asking now and then as well.
Python 3.9 or newer, standard library only. Written by `jimeng scaffold`; it is yours to change.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable
from urllib.parse import quote

log = logging.getLogger("jimeng")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def webhook_handler(
    state_of: Callable[[str], str | None],
    finish: Callable[[dict[str, Any]], None],
    address: str | None = None,
    largest_body: int = 1024 * 1024,
    ask_again_after: tuple[float, ...] = (1.0, 5.0, 30.0),
) -> type[BaseHTTPRequestHandler]:
    """A request handler that answers at once and does its work afterwards.

    Calls that come twice, late or from a stranger change nothing. Both functions are called from several threads.
    `state_of(task_id)`: what your records say, "open", "finished" or None. Answer quickly: the service waits 10 s.
    `finish(end)`: write it into your records, so that `state_of` says "finished" from then on. `end` has `task_id`,
    `status` ("completed" or "failed") and `results` or `error`; links live 2 to 3 hours.
    `address`: the service's; JIMENG_API_URL unless given. `largest_body` in bytes, `ask_again_after` in seconds.
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
        timeout = 10  # seconds without a byte

        def do_POST(self) -> None:
            try:
                status = self._receive()
            except Exception:
                log.exception("A call of the service was not taken.")
                status = 500  # the service calls again
            self.close_connection = True
            self.send_response(status)
            self.end_headers()

        def _receive(self) -> int:
            task_id = self.headers.get("X-Task-Id", "")
            length = self.headers.get("Content-Length", "")
            if not task_id or self.headers.get("X-Webhook-Event") not in ("task.completed", "task.failed"):
                return 400
            if not length.isdigit():
                return 411
            if int(length) > largest_body:
                return 413
            try:
                task = json.loads(self.rfile.read(int(length)))
            except ValueError:
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
            if not isinstance(task, dict) or task.get("code") == -1:
                raise ValueError("no task, but an internal error of the service")
            return _end_of(task_id, task)
        except (OSError, ValueError):
            if pause is None:
                raise
            time.sleep(pause)
    return None


def _end_of(task_id: str, task: dict[str, Any]) -> dict[str, Any] | None:
    """The service tells errors, such as an unknown task, with HTTP 200 and a negative `code`, and no status."""
    status = task.get("status")
    if status == "failed":
        return {"task_id": task_id, "status": status, "error": str(task.get("error") or "no reason given")}
    if status != "completed":
        return None
    result = task.get("result")
    data = result.get("data") if isinstance(result, dict) else None
    return {"task_id": task_id, "status": status, "results": data if isinstance(data, list) else []}
