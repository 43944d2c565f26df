import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { TaskState } from '../../src/core/queue/task.ts';
import { actionsFor } from '../../src/gallery/model/actions.ts';
import { optionRows } from '../../src/core/request/option-values.ts';
import { group, item as picture } from './gallery/pictures.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Property {
  default: string;
  enum?: string[];
  scope: string;
  order: number;
}
interface Manifest {
  main: string;
  icon: string;
  bin: Record<string, string>;
  l10n: string;
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { view: string; contents: string }[];
    configuration: { properties: Record<string, Property> };
    walkthroughs: {
      id: string;
      steps: {
        id: string;
        description: string;
        media: { svg: string; altText: string };
        completionEvents: string[];
      }[];
    }[];
  };
}

suite('manifest', () => {
  const chosenBySettings = optionRows('image').filter(({ setting }) => setting);
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const { contributes } = manifest;
  const declared = contributes.commands.map(({ command }) => command).sort();
  const properties = contributes.configuration.properties;
  const names = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter(
    name => name.endsWith('.ts'),
  );
  const sources = names.map(name => read(`src/${name}`));
  const registers = names.filter(name => /^editor\/\w+\/register\.ts$/.test(name));

  test('each command is registered once, and nothing else is', () => {
    const registered = registers
      .map(name => read(`src/${name}`))
      .flatMap(source => {
        const lists = [...source.matchAll(/for \(const id of \[([^\]]*)\]/g)]
          .map(([, list = '']) => list)
          .join();
        return [...source.matchAll(/\bcommand\('([\w.]+)'/g), ...lists.matchAll(/'([\w.]+)'/g)];
      })
      .map(([, id]) => `jimeng.${id}`);
    const tables = [
      ...read('src/editor/tasks/task-commands.ts').matchAll(
        /^export const \w+Commands\b.*?^};$/gms,
      ),
    ].map(([table]) => table);
    const inTables = [...tables.join('').matchAll(/^ {2}(\w+):/gm)].map(([, id]) => `jimeng.${id}`);
    assert.deepEqual([...registered, ...inTables].sort(), declared);
  });

  test('each feature of the editor has a register, and the extension calls it', () => {
    const entry = read('src/extension.ts');
    const features = readdirSync(new URL('src/editor/', root)).filter(name => name !== 'platform');
    assert.deepEqual(registers.sort(), features.map(name => `editor/${name}/register.ts`).sort());
    for (const name of registers) assert.ok(entry.includes(`'./${name}'`), name);
  });

  test('whatever names a command names one that exists', () => {
    const texts = ['package.nls.json', 'package.nls.zh-cn.json'].map(read).join();
    const named = [
      ...sources
        .flatMap(source => [
          ...source.matchAll(/executeCommand\('(jimeng\.(?:gallery\.)?\w+)'/g),
          ...source.matchAll(/command: '(jimeng\.(?:gallery\.)?\w+)'/g),
        ])
        .map(([, id]) => id),
      ...[...texts.matchAll(/command:(jimeng\.[\w.]+)/g)].map(([, id]) => id),
      ...Object.values(contributes.menus)
        .flat()
        .map(({ command }) => command),
    ];
    assert.deepEqual(
      named.filter(id => id !== undefined && !declared.includes(id)),
      [],
    );
  });

  test('a command that needs a row of the view, or a picture of the gallery, is not in the palette', () => {
    const alsoElsewhere = ['jimeng.transformImage']; // without a row it asks for pictures
    const onRows = new Set(
      [...contributes.menus['view/item/context']!, ...contributes.menus['webview/context']!]
        .map(({ command }) => command)
        .filter(command => !alsoElsewhere.includes(command)),
    );
    const hidden = contributes.menus['commandPalette']!.filter(({ when }) => when === 'false').map(
      ({ command }) => command,
    );
    assert.deepEqual(
      hidden.filter(command => command !== 'jimeng.clearFilter').sort(),
      [...onRows].sort(),
    );
  });

  test('a menu of the Tasks view asks only for words that a row has', () => {
    const rows = [...read('src/editor/tasks/view/items.ts').matchAll(/'(\w+)'/g)];
    const known = new Set([
      ...rows.map(([, word]) => word),
      ...TaskState.def.options.flatMap(({ shape }) => shape.status.def.values),
    ]);
    const asked = Object.values(contributes.menus)
      .flat()
      .flatMap(({ when = '' }) => [...when.matchAll(/viewItem =~ \/\\b\(?([\w|]+)\)?\\b\//g)])
      .flatMap(([, words = '']) => words.split('|'));
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter(word => !known.has(word)),
      [],
    );
  });

  test('the gallery offers each of its commands in its menu, where the page says that it can be done', () => {
    const menu = contributes.menus['webview/context']!;
    const prefix = 'jimeng.gallery.';
    assert.deepEqual(
      menu.map(({ command }) => command).sort(),
      declared.filter(command => command.startsWith(prefix)),
    );
    for (const { command, when } of menu)
      assert.ok(when?.includes(`/\\b${command.slice(prefix.length)}\\b/`), command);
    const offered = new Set(
      [[picture('a'), picture('b')], [picture('a')], [{ ...picture('a'), kept: true }]].flatMap(
        items =>
          actionsFor(
            items.map((item, index) => ({
              item,
              group: group('g', 0, { items: [item, picture('other')] }),
              index,
            })),
          ),
      ),
    );
    assert.deepEqual(
      [...offered].map(action => `${prefix}${action}`).sort(),
      menu.map(({ command }) => command).sort(),
    );
  });

  test('each setting is read, and nothing else is', () => {
    const used = [
      ...new Set([
        ...[
          ...read('src/editor/platform/settings.ts').matchAll(
            /\b(?:text|number|read)\('([\w.]+)'/g,
          ),
        ].map(([, key]) => `jimeng.${key}`),
        ...chosenBySettings.map(({ name }) => `jimeng.${name}`),
      ]),
    ].sort();
    assert.deepEqual(Object.keys(properties).sort(), used);
  });

  test('settings offer what the catalogue has', () => {
    assert.ok(chosenBySettings.length > 0);
    for (const { name, values } of chosenBySettings)
      assert.deepEqual(
        properties[`jimeng.${name}`]!.enum,
        values?.image && ['', ...values.image],
        name,
      );
  });

  test('where the session ID goes is not for a workspace to say; the other settings are not either while it is not trusted', () => {
    assert.equal(properties['jimeng.apiUrl']!.scope, 'application');
    const others = Object.keys(properties).filter(key => properties[key]!.scope !== 'application');
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      others.sort(),
    );
  });

  test('each step of the walkthrough has one button, a picture without words of a language, and a way to be done', () => {
    const [{ id, steps }, ...others] = contributes.walkthroughs as [
      Manifest['contributes']['walkthroughs'][number],
    ];
    assert.deepEqual([id, others], ['start', []]);
    assert.deepEqual(
      steps.map(step => step.id),
      ['service', 'session', 'picture', 'transform', 'agents'],
    );
    assert.match(read('src/editor/help/register.ts'), /#start`/);
    for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
      const texts = JSON.parse(read(file)) as Record<string, string>;
      for (const { description, media } of steps) {
        assert.equal(texts[description.slice(1, -1)]!.match(/\]\(command:/g)?.length, 1);
        assert.ok(texts[media.altText.slice(1, -1)]);
      }
    }
    for (const { media, completionEvents } of steps) {
      const words = [...read(media.svg).matchAll(/<text[^>]*>([^<]*)</g)].map(
        ([, text = '']) => text,
      );
      assert.deepEqual(
        words.filter(
          word =>
            ![
              'jimeng.jianying.com',
              'dreamina.capcut.com',
              'sessionid',
              'F12',
              '127.0.0.1',
              'pic',
            ].includes(word) && !/^[\d•]+$/.test(word),
        ),
        [],
      );
      const [event = ''] = completionEvents;
      const [, context] = /^onContext:jimeng\.done\.(\w+)$/.exec(event) ?? [];
      assert.ok(
        context
          ? read('src/editor/help/walkthrough.ts').includes(`'${context}'`)
          : declared.includes(event.replace('onCommand:', '')),
        event,
      );
    }
  });

  test('the views exist, and each file that is named', () => {
    const views = Object.values(contributes.views).flat();
    for (const { view } of contributes.viewsWelcome) assert.ok(views.some(({ id }) => id === view));
    assert.deepEqual(
      Object.keys(contributes.views),
      contributes.viewsContainers.activitybar.map(({ id }) => id),
    );
    const files = [
      manifest.main,
      manifest.icon,
      manifest.l10n,
      ...Object.values(manifest.bin),
      ...views.map(({ icon }) => icon),
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ];
    for (const file of files) statSync(new URL(file, root));
  });
});
