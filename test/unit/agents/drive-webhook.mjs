// Serves a generated webhook: node drive-webhook.mjs FILE FOLDER. In FOLDER lies a file for each task of "ours", empty while
// it is open; its end is written there, and a line into finished.log each time. Prints the port.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , file, folder] = process.argv;
const { createWebhook } = await import(pathToFileURL(file).href);
const webhook = createWebhook({
  stateOf: async task => {
    const text = await readFile(join(folder, task), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : text === '' ? 'open' : 'finished';
  },
  finish: async end => {
    await appendFile(join(folder, 'finished.log'), `${JSON.stringify(end)}\n`);
    await writeFile(join(folder, end.taskId), end.status);
  },
  largestBody: 10_000,
  callLimitMs: 700,
  askAgainAfterMs: [20, 20, 20],
});
const server = createServer(webhook).listen(0, '127.0.0.1', () =>
  console.log(server.address().port),
);
