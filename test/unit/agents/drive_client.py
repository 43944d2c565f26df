"""Runs steps with a generated client, as drive-client.mjs does."""

import importlib.util
import json
import sys
import time

_, file, steps = sys.argv
spec = importlib.util.spec_from_file_location("generated", file)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
client = module.JimengClient()


def wait(job, options={}):
    return client.wait(job, deadline=options.get("deadline", 10_000) / 1_000, first_pause=0.02, longest_pause=0.05)


def submit(job, generation, options={}):
    names = {"callbackUrl": "callback_url", "endpoint": "endpoint"}
    return client.submit(job, generation, **{names[key]: value for key, value in options.items()})


actions = {"submit": submit, "wait": wait, "check": client.check, "cancel": client.cancel, "pause": lambda ms: time.sleep(ms / 1_000)}
outcomes = []
for action, *args in json.loads(steps):
    try:
        value = actions[action](*args)
        outcomes.append({"results": value} if action == "wait" else {"state": value and value["state"], "task": value and value.get("task_id")})
    except module.JimengError as error:
        outcomes.append({"problem": error.problem, "code": error.code, "message": str(error)})
print(json.dumps(outcomes))
