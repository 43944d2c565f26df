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
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote, urlsplit

HOURS = 3600.0  # seconds

STATES = {"sending", "running", "completed", "failed", "cancelled", "lost"}

# What the service, the site or something in front says before a generation is charged. All else may come after it.
REFUSAL_CODES = {-1001, -2000, -2002, -2003, -2004, -2006, -2009}
REFUSAL_WORDS = re.compile(
    "不支持|请检查API文档|无法取消|风控|异常行为|频率限制|登录失效|积分不足|shark"
    "|check login error|credits not enough|credit prededuct failed",
    re.IGNORECASE,
)
REFUSAL_STATUS = {400, 401, 402, 403, 404, 405, 413, 415, 422, 429}

# The result was made, and the service did not get its link.
AFTER_THE_CHARGE = re.compile("记录不存在|无法提取任何图片URL|未能获取视频URL|历史ID")
LOOK_AT_THE_ACCOUNT = (
    "It may have been charged: look at the account's history on the site before you send it as a new job."
)


class JimengError(Exception):
    """What went wrong, by `problem`:

    unreachable: no generation was sent. uncertain: it may have been received and charged. refused: the service said no.
    deadline: not done yet. stuck: the service counts it as at work, and works on nothing.
    failed, cancelled, lost: as the state of a job. unknown_job: never submitted. damaged_job: its file cannot be read.
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
        try:
            self._write(job, _link_or_copy)
            return True
        except FileExistsError:
            return False

    def get(self, job_id: str) -> dict[str, Any] | None:
        """Raises `damaged_job` where the file holds no job: what was paid for is not begun anew without a word."""
        file = self._file(job_id)
        try:
            job = _parsed(file.read_bytes())
        except FileNotFoundError:
            return None
        if _is_job(job) and job["job_id"] == job_id:
            return job
        raise JimengError(
            "damaged_job",
            f"{file} is damaged: it does not hold the job {job_id}. The generation may have been sent and charged: "
            "look at the account's history on the site first. Delete the file only if you want to send it again.",
        )

    def put(self, job: dict[str, Any]) -> None:
        self._write(job, os.replace)

    def remove(self, job_id: str) -> None:
        self._file(job_id).unlink(missing_ok=True)

    def _file(self, job_id: str) -> Path:
        return self._folder / (quote(job_id, safe="") + ".json")

    def _write(self, job: dict[str, Any], place: Callable[[str, Path], None]) -> None:
        """Whole or not at all, also when the power goes: beside the file, onto the disk, only then into its place."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(job["job_id"])
        handle, temporary = tempfile.mkstemp(prefix=file.name + ".", suffix=".new", dir=self._folder)  # mode 0600
        try:
            with open(handle, "wb") as new:
                new.write(json.dumps({key: value for key, value in job.items() if key != "idle"}).encode("ascii"))
                new.flush()
                os.fsync(new.fileno())
            place(temporary, file)
        finally:
            if os.path.exists(temporary):
                os.unlink(temporary)
        if os.name == "posix":  # Windows opens no folders
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            except OSError:
                pass
            finally:
                os.close(folder)


def _link_or_copy(source: str, target: Path) -> None:
    """Unlike a renaming, this fails where there is a file already. Some disks have no links."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(Path(source).read_bytes())
            file.flush()
            os.fsync(file.fileno())


def _is_job(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("state") not in STATES or not isinstance(value.get("job_id"), str):
        return False
    if value["state"] == "running":
        return isinstance(value.get("task_id"), str)
    return value["state"] != "completed" or isinstance(value.get("results"), list)


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
            callback = {"callback_url": callback_url} if callback_url else {}
            return self._generate(job_id, endpoint, {**generation, "async": True, **callback})
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
        idle = 0
        while True:
            job: dict[str, Any] = {}
            trouble = ""
            try:
                job = self.check(job_id)
            except JimengError as error:  # what may pass: no answer, or a fault inside the service
                if error.problem != "unreachable":
                    raise
                trouble = str(error)
            state = job.get("state")
            if state == "completed":
                return job["results"]
            if state in ("failed", "cancelled", "lost"):
                raise JimengError(state, job.get("reason", state))
            if state == "sending" and job_id not in self._sending:
                raise JimengError(
                    "uncertain", f"It is not known whether the service has {job_id}. {LOOK_AT_THE_ACCOUNT}"
                )
            idle = idle + 1 if job.get("idle") else 0
            if idle == 3:
                raise JimengError(
                    "stuck",
                    f"The service counts {job_id} as at work and works on nothing, as after a restart. "
                    f"{LOOK_AT_THE_ACCOUNT}",
                )
            if time.monotonic() + pause > end:
                raise JimengError("deadline", f"{job_id} is not done yet; wait for it again later. {trouble}")
            time.sleep(pause)
            pause = min(pause * 1.5, longest_pause)

    def check(self, job_id: str) -> dict[str, Any]:
        """How a job stands. Asks the service about what is running, and keeps what it says.

        `lost` and `cancelled` are asked about again: a service that lost its database knows its tasks again later, and
        a cancelled task may have been begun. `idle` in the answer: the service works on nothing; it is not kept.
        """
        job = self._known(job_id)
        if "task_id" not in job or job["state"] in ("completed", "failed"):
            return job
        now = self._look(job)
        if now["state"] != job["state"]:
            try:
                self._jobs.put(now)
            except OSError:
                pass  # it is asked for again
        return now

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancels what still waits at the service. What it works on already cannot be stopped: that is `refused`."""
        task_id = self._known(job_id).get("task_id")
        if task_id is None:
            raise JimengError("refused", f"The service has no task for {job_id} that could be cancelled.")
        self._call("POST", f"/v1/tasks/{quote(task_id, safe='')}/cancel", b"{}")
        return self.check(job_id)

    def _known(self, job_id: str) -> dict[str, Any]:
        job = self._jobs.get(job_id)
        if job is None:
            raise JimengError("unknown_job", f"There is no job {job_id}.")
        return job

    def _generate(self, job_id: str, endpoint: str, generation: dict[str, Any]) -> dict[str, Any]:
        """Sends a generation, once, and keeps what came of it."""
        try:
            answer = self._call("POST", endpoint, _to_json(generation), 2 * HOURS, paid=True)
        except Exception as error:
            # What is no JimengError was raised before anything was sent.
            problem = error.problem if isinstance(error, JimengError) else "unreachable"
            if problem == "unreachable":
                self._jobs.remove(job_id)
            elif problem != "uncertain":
                try:
                    self._jobs.put({"job_id": job_id, "state": "failed", "reason": str(error)})
                except OSError:
                    pass
            raise
        job = _begun(job_id, answer)
        try:
            self._jobs.put(job)
        except OSError as error:
            raise JimengError(
                "uncertain",
                f"The service took {job_id}, but that could not be written down ({error}). "
                f"Write it down yourself: {json.dumps(job)}",
            ) from error
        return job

    def _look(self, job: dict[str, Any]) -> dict[str, Any]:
        try:
            task = self._call("GET", f"/v1/tasks/{quote(job['task_id'], safe='')}")
        except JimengError as error:
            if error.problem != "lost":
                raise
            return job if job["state"] == "cancelled" else {**job, "state": "lost", "reason": str(error)}
        status, results = task.get("status"), _results_of(task.get("result"))
        if status == "completed" and results:
            return {**job, "state": "completed", "results": results}
        if status == "completed":
            return {**job, "state": "failed", "reason": "It was completed without a result."}
        if status == "failed":
            reason = self._harmless(str(task.get("error") or "no reason given"))
            return {**job, "state": "failed", "reason": _with_advice(reason)}
        if status == "cancelled":
            return {**job, "state": "cancelled"}
        queue = task.get("queue_stats")
        idle = isinstance(queue, dict) and queue.get("running") == 0 and queue.get("queued") == 0
        at_work = status in ("queued", "processing")
        return {**job, "state": "running", **({"idle": True} if idle and at_work else {})}

    def _call(
        self, method: str, where: str, body: bytes | None = None, longest: float = 30.0, paid: bool = False
    ) -> dict[str, Any]:
        """One request, sent once. `paid`: whether it costs credits.

        The service tells its errors with HTTP 200 and a negative `code`.
        """
        headers = {"Accept": "application/json"}
        if body is not None:
            headers.update({"Content-Type": "application/json", "Authorization": f"Bearer {self._session}"})
        status, text = _send(method, self._address + where, headers, body, longest, paid)
        value = _parsed(text)
        if isinstance(value, dict) and isinstance(value.get("code"), int) and value["code"] < 0:
            message = self._harmless(str(value.get("message") or "no reason given"))
            if "任务不存在" in message:
                raise JimengError("lost", message, value["code"])
            if value["code"] in REFUSAL_CODES or REFUSAL_WORDS.search(message):
                raise JimengError("refused", message, value["code"])
            if paid:
                raise JimengError("failed", f"{message} {LOOK_AT_THE_ACCOUNT}", value["code"])
            raise JimengError("unreachable", message, value["code"])
        error = value.get("error") if isinstance(value, dict) else None
        if status == 200 and isinstance(value, dict) and not isinstance(error, dict):
            wrapped = value.get("code") == 0 and isinstance(value.get("data"), dict)  # as some forks do
            return value["data"] if wrapped else value
        # What answered is not the service but something in front of it, which may have passed the request on.
        told = self._harmless(str(error.get("message"))) if isinstance(error, dict) else "no answer of the service"
        if paid and status in REFUSAL_STATUS:
            raise JimengError("refused", f"HTTP {status}: {told}")
        if paid:
            raise JimengError("uncertain", f"HTTP {status}: {told}. {LOOK_AT_THE_ACCOUNT}")
        raise JimengError("unreachable", f"HTTP {status}: {told}.")

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
        raise JimengError("uncertain", f"The service answered with neither a task nor results. {LOOK_AT_THE_ACCOUNT}")
    return {"job_id": job_id, "state": "completed", "results": results}


def _results_of(value: Any) -> list[dict[str, Any]]:
    data = value.get("data") if isinstance(value, dict) else None
    items = data if isinstance(data, list) else []
    return [i for i in items if isinstance(i, dict) and isinstance(i.get("url") or i.get("b64_json") or None, str)]


def _with_advice(reason: str) -> str:
    """The reason of a failed task, with what to do where the result was charged and only its link is missing."""
    return f"{reason} {LOOK_AT_THE_ACCOUNT}" if AFTER_THE_CHARGE.search(reason) else reason


def _send(
    method: str, url: str, headers: dict[str, str], body: bytes | None, longest: float, paid: bool
) -> tuple[int, bytes]:
    """No redirect is followed and no proxy asked, so the session ID goes to this address only."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    where = f"{parts.hostname}:{connection.port}"
    try:
        try:
            connection.connect()
        except OSError as error:
            raise JimengError("unreachable", f"{where}: {error}") from error
        connection.sock.settimeout(None)
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.putrequest(method, parts.path)
        for name, value in {**headers, "Content-Length": str(len(body or b""))}.items():
            connection.putheader(name, value)
        # Up to here nothing was sent. A limit for all of it: the one of a socket begins anew with each byte.
        limit = threading.Timer(longest, connection.sock.shutdown, [socket.SHUT_RDWR])
        limit.daemon = True
        limit.start()
        try:
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.read()
        except Exception as error:
            reason = f"{where}: {error!r}" if limit.is_alive() else f"{where}: it took too long"
            if paid:
                raise JimengError("uncertain", f"{reason}. {LOOK_AT_THE_ACCOUNT}") from error
            raise JimengError("unreachable", f"{reason}.") from error
        finally:
            limit.cancel()
    finally:
        connection.close()


def _parsed(text: bytes) -> Any:
    """None where it is no JSON, or too deep for this reader."""
    try:
        return json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _to_json(value: dict[str, Any]) -> bytes:
    """The service removes commas before a bracket in the JSON it receives, also inside a prompt; escaped they stay."""
    return re.sub(r",(?=\s*[}\]])", r"\\u002c", json.dumps(value)).encode("ascii")
