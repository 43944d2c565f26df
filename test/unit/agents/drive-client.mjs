// Runs steps with a generated client: node drive-client.mjs FILE '[["submit", …], …]'. Prints what came of each as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [, , file, steps] = process.argv;
const { JimengClient, JimengError } = await import(pathToFileURL(file).href);
const client = new JimengClient();

/** Times are in ms. */
const actions = {
  submit: (job, generation, { callbackUrl, endpoint } = {}) =>
    client.submit(job, generation, { callbackUrl, endpoint }),
  wait: (job, { deadline = 10_000 } = {}) =>
    client.wait(job, { deadlineMs: deadline, firstPauseMs: 20, longestPauseMs: 50 }),
  check: job => client.check(job),
  cancel: job => client.cancel(job),
  pause: ms => delay(ms),
};
const outcomes = [];
for (const [action, ...args] of JSON.parse(steps)) {
  try {
    const value = await actions[action](...args);
    outcomes.push(
      action === 'wait' ? { results: value } : { state: value?.state, task: value?.taskId },
    );
  } catch (error) {
    if (!(error instanceof JimengError)) {
      throw error;
    }
    outcomes.push({ problem: error.problem, code: error.code, message: error.message });
  }
}
console.log(JSON.stringify(outcomes));
