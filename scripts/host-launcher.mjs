#!/usr/bin/env node
// Stands in for the desktop's executable: opens the folder in code-server, runs the tests there, and ends with their status.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startCodeServer, windowUrl } from './code-server.mjs';

const args = process.argv.slice(2);
const option = name => args.findLast(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const folder = args.find(arg => !arg.startsWith('-'));
const result = process.env.JIMENG_TEST_RESULT;

const server = await startCodeServer({
  userData: option('user-data-dir'),
  extensions: option('extensions-dir'),
  development: true,
});
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage();
  await page.goto(
    windowUrl(server, {
      folder,
      extension: option('extensionDevelopmentPath'),
      tests: option('extensionTestsPath'),
    }),
  );
  const failures = () => readFile(result, 'utf8').catch(() => '');
  for (let waited = 0; (await failures()) === ''; waited++) {
    if (waited === 2_400) throw new Error('The tests inside VS Code did not end within 4 minutes.');
    await delay(100);
  }
  process.exitCode = (await failures()) === '0' ? 0 : 1;
} finally {
  await browser.close();
  await server.stop();
}
