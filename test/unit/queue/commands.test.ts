import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Commands, type Command } from '../../../src/core/queue/commands.ts';
import { silentLog } from './samples.ts';

suite('commands', () => {
  let folder: string;
  let commands: Commands;
  let handled: Command[];
  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-commands-'));
    commands = new Commands(folder, silentLog);
    handled = [];
  });
  teardown(() => rm(folder, { recursive: true }));

  const grant = () =>
    commands.handleAll(command => {
      handled.push(command);
      return Promise.resolve('done');
    });
  const write = (name: string, content: string) => writeFile(join(folder, name), content);
  /** A window gives a command, another one handles it. */
  async function made(command: Command) {
    const asked = commands.send(command, () => {
      /* handled below */
    });
    asked.catch(() => {
      /* looked at by the caller */
    });
    while (!(await commands.hasAny())) await delay(1);
    await grant();
    return asked;
  }

  const unreadable: [string, (name: string) => Promise<unknown>][] = [
    ['a command of a newer window', name => write(name, '{"type":"dance","id":"a"}')],
    ['an empty file after a power cut', name => write(name, '')],
    ['half a file', name => write(name, '{"type":"pau')],
    ['a folder', name => mkdir(join(folder, name))],
    [
      'a folder with something in it',
      name => mkdir(join(folder, name, 'deep'), { recursive: true }),
    ],
  ];
  if (process.platform !== 'win32') {
    unreadable.push(
      [
        'a link to another file',
        async name => {
          await write('elsewhere', '{"type":"cancelWaiting"}');
          await symlink(join(folder, 'elsewhere'), join(folder, name));
        },
      ],
      ['a link to itself', name => symlink(name, join(folder, name))],
    );
  }
  for (const [what, put] of unreadable) {
    test(`${what} does not stop what came after it, and is dropped`, async () => {
      await put('1-first.command.json');
      await write('2-second.command.json', '{"type":"pause"}');
      await grant();
      assert.deepEqual(handled, [{ type: 'pause' }]);
      assert.equal(await commands.hasAny(), false, 'nothing is left to do');
      assert.ok((await readdir(folder)).includes('2-second.answer.json'));
    });
  }

  test('a window that runs another version is told so', async () => {
    await write('1-first.command.json', '{"type":"dance"}');
    await grant();
    assert.equal(
      await readFile(join(folder, '1-first.answer.json'), 'utf8'),
      '{"failure":{"kind":"otherVersion"}}',
    );
    const newer = commands.send({ type: 'pause' }, () => {
      /* not handled, but answered in words of a later version */
    });
    let name: string | undefined;
    while (name === undefined)
      name = (await readdir(folder)).find(each => each.endsWith('.command.json'));
    await write(name.replace('.command.', '.answer.'), '{"outcome":"perhaps"}');
    await assert.rejects(newer, { failure: { kind: 'otherVersion' } });
    assert.ok(
      !(await readdir(folder)).includes(name.replace('.command.', '.answer.')),
      'the answer is dropped',
    );
  });

  test('an answer that cannot be written is given up, and the next command is handled', async () => {
    await write('1-first.command.json', '{"type":"pause"}');
    await mkdir(join(folder, '1-first.answer.json', 'deep'), { recursive: true });
    await write('2-second.command.json', '{"type":"resume"}');
    await grant();
    await grant();
    assert.deepEqual(handled, [{ type: 'pause' }, { type: 'resume' }], 'each once');
    assert.equal(await commands.hasAny(), false);
  });

  test('what stood against one is told to who asked, and harms no other one', async () => {
    await write('1-first.command.json', '{"type":"resume"}');
    await commands.handleAll(() => Promise.reject(new Error('the disk is full')));
    assert.equal(await made({ type: 'pause' }), 'done');
    assert.deepEqual((await readdir(folder)).sort(), ['1-first.answer.json']);
  });
});
