import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoService, type DemoService } from '../../demo-service.ts';
import { hangUp, scriptedService } from '../../scripted-service.ts';
import { photo } from '../convert/samples.ts';
import { agent, session, type Agent, type AgentOptions } from './agent.ts';

/** Words that would make a model send what may have been charged once more. */
const invitation = /\b(retry|try again|run it (?:again|once more)|generate it again)\b/i;

suite('what agents are refused, and how they are told', () => {
  let folder: string;
  let project: string;
  let service: DemoService;
  const agents: Agent[] = [];
  const begin = async (options: Partial<AgentOptions> = {}) => {
    const begun = await agent({ folder, url: service.url, roots: [project], ...options });
    agents.push(begun);
    return begun;
  };
  const posted = () => service.requests.filter(({ method }) => method === 'POST');
  const errorOf = async (options: Partial<AgentOptions>, input: object = {}) => {
    const { call, said } = await begin(options);
    const { error } = await call('generate_image', { prompt: 'a cat', resolution: '1k', ...input });
    assert.ok(error, 'it was not refused');
    assert.ok(!said().includes(session), 'the session ID is in the output');
    return error;
  };

  setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jimeng-refusals-'));
    project = join(folder, 'project');
    await mkdir(project);
    service = await demoService();
  });
  teardown(async () => {
    await Promise.all(agents.splice(0).map(each => each.close()));
    await service.close();
    await rm(folder, { recursive: true });
  });

  test('paths outside of the project, by themselves or through a link', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'a.png'), await photo(30, 30).png().toBuffer());
    await symlink(join(folder, 'elsewhere'), join(project, 'link'));
    await symlink(join(folder, 'elsewhere', 'a.png'), join(project, 'link.png'));
    const { call } = await begin();
    for (const image of [
      '../elsewhere/a.png',
      join(folder, 'elsewhere/a.png'),
      'link.png',
      'link/a.png',
      `file://${folder}/elsewhere/a.png`,
    ]) {
      const { error } = await call('transform_image', { prompt: 'x', images: [image] });
      assert.equal(error?.kind, 'outsideProject', image);
    }
    for (const wanted of ['..', '../new', 'link', 'link/deeper', folder, '/']) {
      const { error } = await call('generate_image', { prompt: 'x', folder: wanted });
      assert.ok(error);
      assert.deepEqual([error.kind, error.try_again], ['outsideProject', 'after_change'], wanted);
    }
    assert.deepEqual(posted(), []);
    assert.deepEqual(await readdir(join(folder, 'elsewhere')), ['a.png']);
  });

  test('what is no path: each is refused in a sentence, and nothing is made of it', async () => {
    const { call } = await begin();
    const forms = [
      'a\0b.png',
      '\0',
      `${'x'.repeat(5_000)}.png`,
      `${'deep/'.repeat(2_000)}a.png`,
      'file://another-host/share/a.png',
      'file:///%2e%2e%2fa.png',
      'file:///a%00b.png',
      'file:///%zz',
      'file:',
      'file:a',
      'ftp://example.test/a.png',
      'data:image/png;base64,AAAA',
      'javascript:0',
      'vscode-remote://x/a.png',
      '~',
      '~/a.png',
      '\\\\host\\share\\a.png',
      'C:\\a.png',
      'c:/a.png',
      'a.png/b.png',
    ];
    await writeFile(join(project, 'a.png'), await photo(30, 30).png().toBuffer());
    for (const form of forms) {
      for (const answer of [
        await call('transform_image', { prompt: 'x', images: [form] }),
        await call('generate_image', { prompt: 'x', folder: form }),
      ]) {
        assert.ok(answer.error, form);
        assert.match(
          answer.error.kind,
          /^(?:badPath|outsideProject|folderNotWritable|inputMissing)$/,
          `${form}: ${answer.error.message}`,
        );
        assert.match(answer.error.message, /[.)]$/, form);
        assert.ok(answer.error.message.length < 1_000, form);
      }
    }
    assert.deepEqual(posted(), []);
    assert.deepEqual(await readdir(project), ['a.png']);
  });

  test("the project's own folder for pictures, where it is a link that leads out", async () => {
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(project, 'pic'));
    const { kind, message } = await errorOf({});
    assert.equal(kind, 'outsideProject');
    assert.match(message, /pic is a link that leads out/);
    assert.deepEqual(posted(), []);
    assert.deepEqual(await readdir(join(folder, 'elsewhere')), []);
  });

  test("the project's own folder for pictures, where it is a broken link", async () => {
    for (const target of ['../elsewhere', '/nowhere/pictures', 'build/pictures', 'pic']) {
      await symlink(target, join(project, 'pic'));
      const error = await errorOf({});
      assert.deepEqual(
        [error.kind, error.try_again],
        ['folderNotWritable', 'after_change'],
        target,
      );
      await unlink(join(project, 'pic'));
    }
    assert.deepEqual(posted(), []);
    assert.deepEqual(
      [await readdir(project), (await readdir(folder)).includes('elsewhere')],
      [[], false],
    );
  });

  test('links that lead nowhere, and paths through a file, are refused in a sentence before anything is sent', async () => {
    await writeFile(join(project, 'notes.txt'), 'notes');
    await symlink('loop', join(project, 'loop'));
    await symlink('../new', join(project, 'dangling'));
    const { call } = await begin();
    for (const path of ['notes.txt/below', 'loop', 'loop/below', 'dangling', 'dangling/below']) {
      for (const [tool, input] of [
        ['generate_image', { folder: path }],
        ['transform_image', { images: [path] }],
      ] as const) {
        const { error } = await call(tool, { prompt: 'x', ...input });
        assert.ok(error, path);
        assert.match(
          error.kind,
          /^(badPath|outsideProject|folderNotWritable|inputMissing)$/,
          `${path}: ${error.message}`,
        );
        assert.equal(error.try_again, 'after_change');
      }
    }
    assert.deepEqual(posted(), []);
    assert.ok(!(await readdir(folder)).includes('new'));
  });

  test('a folder that is a file', async () => {
    await writeFile(join(project, 'notes.txt'), 'notes');
    assert.equal((await errorOf({}, { folder: 'notes.txt' })).kind, 'folderNotWritable');
    assert.deepEqual(posted(), []);
  });

  test('the ceiling of a day holds over servers, and refused calls do not count', async () => {
    const env = { JIMENG_DAILY_LIMIT: '2' };
    const first = await begin({ env });
    assert.equal(
      (await first.call('generate_image', { prompt: 'x', model: 'jimeng-9' })).error?.kind,
      'refusedHere',
    );
    await first.call('generate_image', { prompt: 'one', resolution: '1k' });
    const second = await begin({ env });
    await second.call('generate_image', { prompt: 'two', resolution: '1k' });
    for (const { call } of [first, second]) {
      const { error } = await call('generate_image', { prompt: 'three' });
      assert.ok(error);
      assert.deepEqual([error.kind, error.try_again], ['dailyLimit', 'after_person']);
      assert.match(error.message, /2 generations a day.*JIMENG_DAILY_LIMIT/);
    }
    assert.equal(posted().length, 2);
    assert.equal((await second.call('list_tasks')).tasks?.length, 2);
  });

  test('no session', async () => {
    const error = await errorOf({ env: { JIMENG_SESSION_ID: '' } });
    assert.equal(error.kind, 'noSession');
    assert.match(
      error.message,
      /JIMENG_SESSION_ID.*cookie "sessionid".*Never paste it into the chat/,
    );
    assert.equal(error.try_again, 'after_person');
  });

  test('the placeholder of the configuration is no session', async () => {
    assert.equal(
      (await errorOf({ env: { JIMENG_SESSION_ID: '<your session ID>' } })).kind,
      'noSession',
    );
    assert.deepEqual(posted(), []);
  });

  test('a session that has expired', async () => {
    const { call } = await begin({ env: { JIMENG_SESSION_ID: `expired${session}` } });
    const { error, status } = await call('generate_image', { prompt: 'a cat', resolution: '1k' });
    assert.equal(status, 'failed');
    assert.ok(error);
    assert.deepEqual([error.kind, error.try_again], ['sessionExpired', 'after_person']);
    assert.match(error.message, /has expired.*JIMENG_SESSION_ID/);
  });

  test('no credits', async () => {
    const error = await errorOf({ env: { JIMENG_SESSION_ID: `nocredits${session}` } });
    assert.equal(error.kind, 'noCredits');
    assert.match(error.message, /not enough credits.*daily credits/);
    assert.equal(error.try_again, 'after_person');
  });

  test('risk control is not met a second time', async () => {
    const { call } = await begin({ env: { JIMENG_SESSION_ID: `risk${session}` } });
    const answers = await Promise.all(
      ['one', 'two', 'three', 'four'].map(prompt =>
        call('generate_image', { prompt, resolution: '1k' }),
      ),
    );
    assert.deepEqual(
      answers.map(({ error }) => [error?.kind, error?.try_again]),
      Array.from({ length: 4 }, () => ['riskControl', 'no']),
    );
    assert.ok(posted().length < 4, `${posted().length} were sent`);
  });

  test('no service', async () => {
    const error = await errorOf({ url: 'http://127.0.0.1:1' });
    assert.equal(error.kind, 'serviceDown');
    assert.match(
      error.message,
      /No service answers.*Start the jimeng-api service at http:\/\/127\.0\.0\.1:1/,
    );
    assert.equal(error.try_again, 'after_person');
  });

  test('an unknown model, ratio or parameter', async () => {
    const model = await errorOf({}, { model: 'jimeng-9' });
    assert.match(model.message, /no model "jimeng-9".*jimeng-4\.0/);
    assert.equal(model.try_again, 'after_change');
    assert.match((await errorOf({}, { ratio: '5:4' })).message, /ratio: .*"1:1".*"21:9"/);
    assert.match((await errorOf({}, { n: 2 })).message, /Unrecognized key: "n"/);
    assert.match((await errorOf({}, { prompt: ' ' })).message, /prompt is empty/);
    assert.deepEqual(posted(), []);
  });

  test('what may have been charged is never invited to be sent again', async () => {
    const cut = await scriptedService({
      'GET /': [
        {
          service: 'jimeng-api',
          status: 'running',
          version: '1.6.3',
          endpoints: { tasks: '/v1/tasks' },
        },
      ],
      'POST /v1/images/generations': [hangUp],
    });
    try {
      const error = await errorOf({ url: cut.url });
      assert.equal(error.kind, 'connectionLost');
      assert.match(error.message, /may have been charged/);
      assert.equal(error.try_again, 'no');
      assert.match(error.next, /^Do not send it again/);
      assert.doesNotMatch(`${error.message} ${error.next}`, invitation);
      assert.equal(cut.count('/v1/images/generations'), 1);
    } finally {
      await cut.close();
    }
  });
});
