"""Serves a generated webhook, as drive-webhook.mjs does."""

import importlib.util
import json
import sys
from pathlib import Path

_, file, name = sys.argv
folder = Path(name)
spec = importlib.util.spec_from_file_location("generated", file)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)


def state_of(task):
    path = folder / task
    return None if not path.exists() else "finished" if path.read_text() else "open"


def finish(end):
    with open(folder / "finished.log", "a") as log:
        log.write(json.dumps(end) + "\n")
    (folder / end["task_id"]).write_text(end["status"])


handler = module.webhook_handler(state_of, finish, largest_body=10_000, call_limit=0.7, ask_again_after=(0.02, 0.02, 0.02))
server = module.WebhookServer(("127.0.0.1", 0), handler)
print(server.server_address[1], flush=True)
server.serve_forever()
