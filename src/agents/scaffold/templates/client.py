"""Pictures and videos from Jimeng (即梦) through a jimeng-api service, as jobs that can be left and come back to.

    client = JimengClient()  # reads JIMENG_SESSION_ID and JIMENG_API_URL
    client.submit("order-17", {"model": "jimeng-4.0", "prompt": "a cute cat", "ratio": "1:1", "resolution": "2k"})
    results = client.wait("order-17")  # also after your program was started anew

A generation costs credits, so each job is sent once: submitting a known job id sends nothing.
Python 3.9 or newer, standard library only. Written by `jimeng scaffold`; it is yours to change.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

HOURS = 3600.0  # seconds


class JimengError(Exception):
    """What went wrong, by `problem`:

    unreachable: nothing was sent. uncertain: it may have been received and charged. refused: the service said no.
    deadline: not done yet. failed, cancelled, lost: as the state of a job. unknown_job: never submitted.
    `code` is the service's own number, which is negative.
    """

    def __init__(self, problem: str, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.code = code


class JobFiles:
    """Keeps each job as a JSON file in a folder. Replace it by a table with a unique index on the job id.

    A job has `job_id` (your own), `state`, and as they become known `task_id` (the service's), `results`, `reason`.
    States: sending, running, completed, failed, cancelled, lost. `sending` that nobody is sending any more is
    uncertain: the service may have it, and charge for it. `lost`: the service forgot it; it was started anew, or the
    task ended over an hour ago.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def add(self, job: dict[str, Any]) -> bool:
        """Adds a job; False, and nothing changed, where there is one with its id."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with open(self._file(job["job_id"]), "x", encoding="utf-8") as file:
                json.dump(job, file)
            return True
        except FileExistsError:
            return False

    def get(self, job_id: str) -> dict[str, Any] | None:
        try:
            job: dict[str, Any] = json.loads(self._file(job_id).read_text(encoding="utf-8"))
            return job
        except FileNotFoundError:
            return None

    def put(self, job: dict[str, Any]) -> None:
        file = self._file(job["job_id"])
        new = file.with_name(file.name + ".new")
        new.write_text(json.dumps(job), encoding="utf-8")
        new.replace(file)

    def remove(self, job_id: str) -> None:
        self._file(job_id).unlink(missing_ok=True)

    def _file(self, job_id: str) -> Path:
        return self._folder / (quote(job_id, safe="") + ".json")


class JimengClient:
    def __init__(self, address: str | None = None, session: str | None = None, jobs: Any = None) -> None:
        self._address = (address or os.environ.get("JIMENG_API_URL") or "http://localhost:5100").rstrip("/")
        self._session = (session or os.environ.get("JIMENG_SESSION_ID") or "").strip()
        self._jobs = JobFiles("jimeng-jobs") if jobs is None else jobs
        self._sending: set[str] = set()

    def submit(
        self,
        job_id: str,
        generation: dict[str, Any],
        endpoint: str = "/v1/images/generations",
        callback_url: str | None = None,
    ) -> dict[str, Any]:
        """Sends a job, unless it is known. A service without tasks answers only when all is done, which takes minutes.

        `generation` is what the service takes: model, prompt, ratio, resolution, negative_prompt, images, duration, …
        `endpoint` may also be /v1/images/compositions or /v1/videos/generations. The service calls `callback_url` at
        the end; keep waiting or checking beside it, because a call can get lost.
        """
        if not self._session:
            raise JimengError("refused", "Set JIMENG_SESSION_ID to the session ID; never write it into a file.")
        if not self._jobs.add({"job_id": job_id, "state": "sending"}):
            return self._known(job_id)
        self._sending.add(job_id)
        try:
            body = {**generation, "async": True, **({"callback_url": callback_url} if callback_url else {})}
            try:
                answer = self._call("POST", endpoint, body, 2 * HOURS)
            except Exception as error:
                # What is no JimengError was raised before anything was sent.
                problem = error.problem if isinstance(error, JimengError) else "unreachable"
                if problem == "unreachable":
                    self._jobs.remove(job_id)
                if problem == "refused":
                    self._jobs.put({"job_id": job_id, "state": "failed", "reason": str(error)})
                raise
            job = _begun(job_id, answer)
            self._jobs.put(job)
            return job
        finally:
            self._sending.discard(job_id)

    def wait(
        self, job_id: str, deadline: float = 2 * HOURS, first_pause: float = 3.0, longest_pause: float = 15.0
    ) -> list[dict[str, Any]]:
        """Returns the results ({"url": …} or {"b64_json": …}; links live 2 to 3 hours), or raises JimengError.

        At the deadline (in seconds; a generation can take more than an hour) the waiting ends, the task does not.
        Wait again as often as you like: it costs nothing.
        """
        end = time.monotonic() + deadline
        pause = first_pause
        while True:
            job: dict[str, Any] = {}
            trouble = ""
            try:
                job = self.check(job_id)
            except JimengError as error:  # what may pass: no answer, or an internal error of the service (-1)
                if error.problem == "unknown_job" or error.code not in (None, -1):
                    raise
                trouble = str(error)
            state = job.get("state")
            if state == "completed":
                return job["results"]
            if state in ("failed", "cancelled", "lost"):
                raise JimengError(state, job.get("reason", state))
            if state == "sending" and job_id not in self._sending:
                raise JimengError(
                    "uncertain",
                    f"It is not known whether the service has {job_id}. "
                    "Look at the account before you send it as a new job.",
                )
            if time.monotonic() + pause > end:
                raise JimengError("deadline", f"{job_id} is not done yet; wait for it again later. {trouble}")
            time.sleep(pause)
            pause = min(pause * 1.5, longest_pause)

    def check(self, job_id: str) -> dict[str, Any]:
        """How a job stands. Asks the service about what is running, and keeps what it says."""
        job = self._known(job_id)
        if job["state"] != "running":
            return job
        now = self._look(job)
        if now["state"] != "running":
            self._jobs.put(now)
        return now

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancels what still waits at the service. What it works on already cannot be stopped: that is `refused`."""
        task_id = self._known(job_id).get("task_id")
        if task_id is None:
            raise JimengError("refused", f"The service has no task for {job_id} that could be cancelled.")
        self._call("POST", f"/v1/tasks/{quote(task_id, safe='')}/cancel", {})
        return self.check(job_id)

    def _known(self, job_id: str) -> dict[str, Any]:
        job = self._jobs.get(job_id)
        if job is None:
            raise JimengError("unknown_job", f"There is no job {job_id}.")
        return job

    def _look(self, job: dict[str, Any]) -> dict[str, Any]:
        try:
            task = self._call("GET", f"/v1/tasks/{quote(job['task_id'], safe='')}")
        except JimengError as error:
            if error.problem != "lost":
                raise
            return {**job, "state": "lost", "reason": str(error)}
        status, results = task.get("status"), _results_of(task.get("result"))
        if status == "completed" and results:
            return {**job, "state": "completed", "results": results}
        if status == "completed":
            return {**job, "state": "failed", "reason": "It was completed without a result."}
        if status == "failed":
            return {**job, "state": "failed", "reason": self._harmless(str(task.get("error") or "no reason given"))}
        return {**job, "state": "cancelled"} if status == "cancelled" else job

    def _call(
        self, method: str, where: str, body: dict[str, Any] | None = None, longest: float = 30.0
    ) -> dict[str, Any]:
        """One request, sent once. The service tells its errors with HTTP 200 and a negative `code`."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers.update({"Content-Type": "application/json", "Authorization": f"Bearer {self._session}"})
        status, text = _send(method, self._address + where, headers, None if body is None else _to_json(body), longest)
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, dict) and isinstance(value.get("code"), int) and value["code"] < 0:
            message = str(value.get("message") or "no reason given")
            problem = "lost" if "任务不存在" in message else "refused"
            raise JimengError(problem, self._harmless(message), value["code"])
        if status == 200 and isinstance(value, dict):
            return value
        # What answered is not the service but something in front of it. From 500 on it may have passed the request on.
        problem = "refused" if 300 <= status < 500 else "uncertain"
        raise JimengError(problem, f"HTTP {status} without an answer of the service.")

    def _harmless(self, text: str) -> str:
        """The service repeats what it was sent in its messages: the session ID goes into no log."""
        secret = re.sub(r"^(us|hk|jp|sg)-", "", self._session.split("@")[-1])
        return text.replace(secret, "••••") if secret else text


def _begun(job_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    """A service without tasks ignores `async` and answers with the results themselves."""
    task_id = answer.get("task_id")
    if isinstance(task_id, str) and task_id:
        return {"job_id": job_id, "state": "running", "task_id": task_id}
    results = _results_of(answer)
    if not results:
        raise JimengError("uncertain", "The service answered with neither a task nor results.")
    return {"job_id": job_id, "state": "completed", "results": results}


def _results_of(value: Any) -> list[dict[str, Any]]:
    data = value.get("data") if isinstance(value, dict) else None
    items = data if isinstance(data, list) else []
    return [i for i in items if isinstance(i, dict) and isinstance(i.get("url") or i.get("b64_json"), str)]


def _send(method: str, url: str, headers: dict[str, str], body: bytes | None, longest: float) -> tuple[int, str]:
    """No redirect is followed and no proxy asked, so the session ID goes to this address only."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise JimengError("unreachable", f"{parts.netloc}: {error}") from error
        connection.sock.settimeout(longest)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.request(method, parts.path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise JimengError("uncertain", f"{parts.netloc}: {error!r}") from error
    finally:
        connection.close()


def _to_json(value: dict[str, Any]) -> bytes:
    """The service removes commas before a bracket in the JSON it receives, also inside a prompt; escaped they stay."""
    return re.sub(r",(?=\s*[}\]])", r"\\u002c", json.dumps(value)).encode("ascii")
