import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';

/** What VS Code calls inside its extension host. The transcript and the number of failures go to files: nobody sees that process's output. */
export async function run(): Promise<void> {
  const { JIMENG_TEST_TRANSCRIPT: transcript = '', JIMENG_TEST_RESULT: result = '' } = process.env;
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) =>
    appendFileSync(transcript, `${format(...args)}\n`);
  const mocha = new Mocha({ ui: 'tdd', timeout: 20_000, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./all.ts').catch((error: unknown) => {
    Mocha.reporters.Base.consoleLog(error); // otherwise nobody would see it
    throw error;
  });
  const failures = await new Promise<number>(resolve => mocha.run(resolve));
  writeFileSync(result, String(failures));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
