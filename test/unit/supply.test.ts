import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { notices } from '../../scripts/notices.mjs';
import { built } from '../built.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');

/** The files that are in `dist`, or a part of each. */
async function inputsOfBundles(): Promise<string[]> {
  const bundles = JSON.parse(await read('dist/bundles.json')) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  }[];
  return bundles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter(file => inputs[file]!.bytesInOutput > 0),
    ),
  );
}

interface Job {
  permissions?: Record<string, string>;
  steps: {
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
    env?: Record<string, string>;
  }[];
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

suite('workflows', () => {
  const workflows = new Map<string, Workflow>();
  suiteSetup(async () => {
    for (const name of await readdir(join(root, '.github/workflows')))
      workflows.set(name, parse(await read(`.github/workflows/${name}`)) as Workflow);
  });
  const jobs = () =>
    [...workflows].flatMap(([file, { jobs: all }]) =>
      Object.entries(all).map(([name, job]) => ({ file, name, job })),
    );
  const steps = () =>
    jobs().flatMap(({ file, name, job }) => job.steps.map(step => ({ file, name, step })));

  test('there are the two that are known', () =>
    assert.deepEqual([...workflows.keys()].sort(), ['ci.yml', 'release.yml']));

  test('actions are pinned by commit, and their version stands beside', async () => {
    const uses = steps().flatMap(({ step }) => step.uses ?? []);
    assert.ok(uses.length > 5);
    for (const action of uses) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    const lines = (
      await Promise.all([...workflows.keys()].map(name => read(`.github/workflows/${name}`)))
    )
      .flatMap(text => text.split('\n'))
      .filter(line => line.includes('uses:'));
    assert.equal(lines.length, uses.length);
    for (const line of lines) assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    assert.deepEqual(
      [...new Set(lines.map(line => line.replace(/^.*uses: /, '')))].length,
      new Set(uses.map(action => action.replace(/@.*/, ''))).size,
      'an action in two versions',
    );
  });

  test('a checkout leaves no token behind', () => {
    for (const { step } of steps())
      if (step.uses?.startsWith('actions/checkout@'))
        assert.equal(step.with?.['persist-credentials'], false);
  });

  test('only the job that makes the release may write, and no package runs there', () => {
    for (const [, { permissions }] of workflows)
      assert.ok(permissions && Object.values(permissions).every(level => level === 'read'));
    const writing = jobs().filter(({ job }) =>
      Object.values(job.permissions ?? {}).includes('write'),
    );
    assert.deepEqual(
      writing.map(({ file, name, job }) => [file, name, job.permissions]),
      [['release.yml', 'release', { contents: 'write' }]],
    );
    for (const { run = '' } of writing[0]!.job.steps)
      assert.doesNotMatch(run, /\bnp[mx]\b|\bnode\b|node_modules|\.ci\/run/);
  });

  test('secrets are given to single steps, which run a program of the lock file', async () => {
    const lock = JSON.parse(await read('package-lock.json')) as {
      packages: Record<string, { integrity?: string }>;
    };
    const secret = steps().filter(({ step }) =>
      JSON.stringify(step.env ?? {}).includes('secrets.'),
    );
    const programs = secret.map(
      ({ step }) => /^node_modules\/\.bin\/(\w+) publish [^;&|\n]*$/.exec(step.run!.trim())?.[1],
    );
    assert.deepEqual(programs, ['vsce', 'ovsx']);
    for (const name of ['@vscode/vsce', 'ovsx'])
      assert.match(lock.packages[`node_modules/${name}`]?.integrity ?? '', /^sha512-/);
    const texts = await Promise.all(
      [...workflows.keys()].map(name => read(`.github/workflows/${name}`)),
    );
    assert.equal(texts.join('').match(/secrets\./g)?.length, secret.length);
  });

  test('nothing is run that the lock file does not hold, and no package runs a script where it is installed', () => {
    for (const {
      step: { run = '' },
    } of steps()) {
      assert.doesNotMatch(run, /\bnpx\b|\bnpm (exec|install|i|x)\b|\bcurl\b|\bwget\b/);
      for (const [install] of run.matchAll(/npm ci.*/g)) assert.match(install, /--ignore-scripts/);
    }
  });

  test('the release notes carry the SHA-256 of the VSIX, which is checked where it arrives', () => {
    const { package: made, ...rest } = workflows.get('release.yml')!.jobs;
    const runs = (job: Job | undefined) => job!.steps.map(({ run = '' }) => run).join('\n');
    assert.match(runs(made), /sha256sum "jimeng-\$GITHUB_REF_NAME\.vsix" > SHA256SUMS/);
    for (const job of Object.values(rest)) assert.match(runs(job), /sha256sum --check SHA256SUMS/);
    assert.match(runs(rest['release']), /SHA256SUMS[^]*> notes\.md[^]*--notes-file notes\.md/);
  });
});

suite('what is bundled of undici', () => {
  const symbols = [1, 2].map(version => `Symbol.for('undici.globalDispatcher.${version}')`);

  test('makes requests; the rest is left out', async () => {
    const bundles = await inputsOfBundles();
    const parts = bundles.flatMap(file => /node_modules\/undici\/(.*)/.exec(file)?.[1] ?? []);
    assert.ok(parts.includes('lib/dispatcher/env-http-proxy-agent.js'));
    assert.deepEqual(
      parts.filter(part =>
        /^lib\/(cache|global|interceptor|mock|web\/(cache|cookies|eventsource|websocket))\b/.test(
          part,
        ),
      ),
      [],
    );
  });

  test('does not change what other extensions of a window call by', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--import',
      `data:text/javascript,process.on('exit', () => console.log(JSON.stringify([${symbols.join()}].map(name => name in globalThis))))`,
      fileURLToPath(built.cli),
      'tasks',
      '--api-url',
      'http://127.0.0.1:1',
    ]).catch((failed: unknown) => failed as { stdout: string; stderr: string });
    assert.match(stderr, /ECONNREFUSED/); // it did load undici
    assert.equal(stdout, '[false,false]\n');
  });
});

suite('notices of bundled packages', () => {
  test('each package of the bundles and each codec is there, with its version and the whole text of its licence', async () => {
    const text = await read('dist/ThirdPartyNotices.txt');
    const inputs = await inputsOfBundles();
    const packages = new Set([
      ...inputs.flatMap(
        file => /^.*node_modules\/(@[^/]+\/[^/]+|[^@/][^/]*)/.exec(file)?.[0] ?? [],
      ),
      'node_modules/assemblyscript',
    ]);
    for (const codec of await readdir(join(root, 'dist/codecs'))) {
      const [, name] = /^(webp|mozjpeg|squoosh_png|squoosh_resize|filter)/.exec(codec) ?? [];
      const owner = {
        webp: '@jsquash/webp',
        mozjpeg: '@jsquash/jpeg',
        squoosh_png: '@jsquash/png',
        squoosh_resize: '@jsquash/resize',
        filter: 'assemblyscript',
      }[name ?? ''];
      assert.ok(owner, `whose is ${codec}?`);
      packages.add(`node_modules/${owner}`);
    }
    assert.ok(packages.size > 15, [...packages].join());
    const headings = new Set(
      text
        .split(`${'='.repeat(80)}\n`)
        .slice(1)
        .map(entry => entry.split('\n')[0]),
    );
    for (const folder of packages) {
      const { name, version } = JSON.parse(await read(`${folder}/package.json`)) as {
        name: string;
        version: string;
      };
      assert.ok(headings.has(`${name} ${version}`), `${name} ${version} is missing`);
      const licences = (await readdir(join(root, folder))).filter(file =>
        /^licen[cs]e/i.test(file),
      );
      if (licences.length === 0) assert.equal(name, '@vscode/l10n');
      for (const file of licences)
        assert.ok(text.includes((await read(`${folder}/${file}`)).trim()), `${folder}/${file}`);
    }
    assert.equal(headings.size, packages.size);
    for (const deeper of ['webp/codec', 'jpeg/codec', 'png/codec', 'resize/lib/resize'])
      assert.ok(
        text.includes((await read(`node_modules/@jsquash/${deeper}/LICENSE.codec.md`)).trim()),
        deeper,
      );
  });

  test('they are packed', async () =>
    assert.match(await read('.vscodeignore'), /^!dist\/ThirdPartyNotices\.txt$/m));

  suite('of a project', () => {
    let folder: string;
    setup(async () => {
      folder = await mkdtemp(join(tmpdir(), 'jimeng-notices-'));
    });
    teardown(() => rm(folder, { recursive: true }));
    async function has(files: Record<string, string>) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    }

    test('a package without a licence file ends the build with a sentence', async () => {
      await has({
        'node_modules/a/package.json': '{"name":"a","version":"1.2.3","license":"MIT"}',
        'node_modules/a/licenses.js': '',
      });
      await assert.rejects(
        notices(['node_modules/a/b.js'], folder),
        /The package a 1\.2\.3 is bundled and has no file with its licence\. Add the text/,
      );
    });

    test('a package that names no licence does so too', async () => {
      await has({
        'node_modules/a/package.json': '{"name":"a","version":"1.2.3"}',
        'node_modules/a/LICENSE': 'text',
      });
      await assert.rejects(
        notices(['node_modules/a/b.js'], folder),
        /has no licence in its package\.json/,
      );
    });

    test('a package within a package, and a notice beside code of others, are taken along', async () => {
      await has({
        'node_modules/@a/b/package.json': '{"name":"@a/b","version":"1.0.0","license":"MIT"}',
        'node_modules/@a/b/LICENSE': 'outer',
        'node_modules/@a/b/lib/codec/NOTICE.md': 'beside',
        'node_modules/@a/b/lib/unused/LICENSE': 'unused',
        'node_modules/@a/b/node_modules/c/package.json':
          '{"name":"c","version":"2.0.0","license":"ISC"}',
        'node_modules/@a/b/node_modules/c/license.txt': 'inner',
      });
      const text = await notices(
        ['node_modules/@a/b/lib/codec/x.js', 'node_modules/@a/b/node_modules/c/y.js'],
        folder,
      );
      for (const part of [
        '@a/b 1.0.0\nLicence: MIT',
        'outer',
        'lib/codec/NOTICE.md:\n\nbeside',
        'c 2.0.0\nLicence: ISC',
        'inner',
      ])
        assert.ok(text.includes(part), part);
      assert.ok(!text.includes('unused'));
    });
  });
});
