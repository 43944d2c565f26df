import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { TaskResult } from '../../src/agents/results.ts';
import { EditorHost } from '../../src/editor/agents/host.ts';
import { preview } from '../../src/editor/agents/tool.ts';
import { tools } from '../../src/agents/tools.ts';
import { SessionId } from '../../src/core/session/session.ts';
import { Balances } from '../../src/core/session/balances.ts';

suite('language model tools', () => {
  const workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const call = async (name: string, input: object, token?: vscode.CancellationToken) => {
    const result = await vscode.lm.invokeTool(
      `jimeng_${name}`,
      { input, toolInvocationToken: undefined },
      token,
    );
    assert.equal(result.content.length, 1);
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return JSON.parse(part.value) as Partial<TaskResult> & { tasks?: { task_id: string }[] };
  };
  const setting = (key: string, value: unknown) =>
    vscode.workspace
      .getConfiguration('jimeng')
      .update(key, value, vscode.ConfigurationTarget.Global);
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('jimeng.stopDemo');
    await setting('apiUrl', undefined);
    await setting('agents.dailyLimit', undefined);
  });

  test('are there, each once', () => {
    assert.deepEqual(
      vscode.lm.tools
        .filter(({ name }) => name.startsWith('jimeng_'))
        .map(({ name }) => name)
        .sort(),
      tools.map(({ name }) => name).sort(),
    );
  });

  test('without a session, and without a service, they say what the person has to do, and ask nobody', async () => {
    const { error } = await call('generate_image', { prompt: 'a cat' });
    assert.ok(error);
    assert.equal(error.kind, 'noSession');
    assert.match(error.message, /Jimeng: Set Session ID/);
    await setting('apiUrl', 'http://jimeng.invalid:5100');
    assert.equal((await call('generate_image', { prompt: 'a cat' })).error?.kind, 'unencrypted');
  });

  test('make pictures, which are tasks like all others', async () => {
    await vscode.commands.executeCommand('jimeng.useDemo');
    const begun = await call('generate_image', {
      prompt: 'a cat',
      resolution: '1k',
      waitSeconds: 0,
    });
    assert.equal(begun.files, undefined);
    const ended = await call('get_task', { taskId: begun.task_id });
    assert.equal(ended.status, 'completed');
    assert.equal(ended.demo, true);
    assert.equal(ended.files?.length, 4);
    for (const { path, width } of ended.files ?? []) {
      assert.ok(path.startsWith(join(workspace, 'pic')));
      assert.equal((await readFile(path)).readUInt32BE(16), width);
    }
    assert.deepEqual(
      (await call('list_tasks', {})).tasks?.map(({ task_id }) => task_id),
      [begun.task_id],
    );
  });

  test('make pictures from pictures of the workspace only', async () => {
    const [made] = await vscode.workspace.fs.readDirectory(vscode.Uri.file(join(workspace, 'pic')));
    assert.equal(
      (
        await call('transform_image', {
          prompt: 'as a watercolour',
          images: [`pic/${made![0]}`],
          resolution: '1k',
        })
      ).status,
      'completed',
    );
    assert.equal(
      (await call('transform_image', { prompt: 'x', images: ['/etc/hostname'] })).error?.kind,
      'outsideProject',
    );
    assert.equal(
      (await call('generate_image', { prompt: 'x', folder: '../elsewhere' })).error?.kind,
      'outsideProject',
    );
    assert.equal(
      (await call('generate_video', { prompt: 'x', duration: 7 })).error?.try_again,
      'after_change',
    );
  });

  test('are given up in silence, and what is free to cancel is cancelled', async () => {
    await vscode.commands.executeCommand('jimeng.pauseQueue');
    try {
      const source = new vscode.CancellationTokenSource();
      const given = call('generate_image', { prompt: 'given up', resolution: '1k' }, source.token);
      given.catch(() => {
        /* looked at below */
      });
      const newest = async () =>
        (await call('list_tasks', { limit: 1 })).tasks?.[0] as {
          status: string;
          prompt: string;
          task_id: string;
        };
      while ((await newest()).prompt !== 'given up') {
        /* not yet */
      }
      assert.match(
        (await call('get_task', { taskId: (await newest()).task_id, waitSeconds: 0 })).message ??
          '',
        /queue is paused/,
      );
      source.cancel();
      await assert.rejects(given);
      while ((await newest()).status !== 'cancelled') {
        /* not yet */
      }
    } finally {
      await vscode.commands.executeCommand('jimeng.resumeQueue');
    }
  });

  test('stop at the daily limit', async () => {
    await setting('agents.dailyLimit', 1);
    const { error } = await call('generate_image', { prompt: 'a cat' });
    assert.ok(error);
    assert.equal(error.kind, 'dailyLimit');
    assert.match(error.message, /jimeng\.agents\.dailyLimit/);
  });

  test('show what they will do before they do it, and nothing of it as Markdown', async () => {
    const secretless = {
      demo: { isOn: false },
      sessions: { get: () => Promise.resolve(undefined) },
    } as never;
    const host = new EditorHost({ services: {}, memory: { get: () => undefined } } as never);
    const shown = async (name: string, input: object, deps = secretless) => {
      const { wanted } = tools.find(tool => tool.name === name)!;
      const { confirmationMessages } = await preview(() => wanted!(input), host, deps);
      const { message } = confirmationMessages!;
      assert.ok(message instanceof vscode.MarkdownString && message.isTrusted !== true);
      return message.value;
    };
    const text = await shown('jimeng_generate_image', {
      prompt: '[free](command:x)',
      ratio: '16:9',
    });
    for (const part of [
      'jimeng-4.0',
      '2560×1440',
      '4 pictures',
      'pic',
      'spends credits',
      '\\[free\\]',
    ])
      assert.ok(text.replaceAll('&nbsp;', ' ').includes(part), `${part} in ${text}`);
    const folder = await mkdtemp(join(tmpdir(), 'jimeng-balances-'));
    const balances = new Balances(join(folder, 'balances.json'));
    await balances.record('f', { credits: 1_234, at: Date.now() - 120_000 });
    const paying = {
      demo: { isOn: false },
      sessions: { get: () => Promise.resolve(new SessionId('0123456789abcdef', 'cn')) },
      services: { balances, fingerprints: { of: () => Promise.resolve('f') } },
    } as never;
    assert.match(
      (await shown('jimeng_generate_image', { prompt: 'x' }, paying)).replaceAll('&nbsp;', ' '),
      /Credits: 1,234 \\?\(2 min ago/,
    );
    await rm(folder, { recursive: true });
    assert.match(
      (await shown('jimeng_generate_image', { prompt: 'x', model: 'jimeng-9' })).replaceAll(
        '&nbsp;',
        ' ',
      ),
      /will be refused/,
    );
    assert.match(
      (await shown('jimeng_generate_video', { prompt: 'x' })).replaceAll('&nbsp;', ' '),
      /a video of 5 seconds/,
    );
  });

  test('the MCP configuration is copied, with a placeholder for the session ID', async () => {
    await vscode.commands.executeCommand('jimeng.copyMcpConfig');
    const { mcpServers } = JSON.parse(await vscode.env.clipboard.readText()) as {
      mcpServers: { jimeng: { command: string; args: string[]; env: Record<string, string> } };
    };
    assert.deepEqual(
      mcpServers.jimeng.args.map(arg => arg.split('/').at(-1)),
      ['cli.js', 'mcp'],
    );
    await readFile(mcpServers.jimeng.args[0]!);
    assert.equal(mcpServers.jimeng.env['JIMENG_SESSION_ID'], '<your session ID>');
  });
});
