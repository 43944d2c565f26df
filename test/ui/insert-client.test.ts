import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Editor } from './driver/editor.ts';
import { tidy } from './driver/stage.ts';
import { until } from './driver/waiting.ts';
import type { Window } from './driver/window.ts';

suite('insert an async client', () => {
  let editor: Editor;
  let window: Window;
  suiteSetup(async () => {
    editor = await Editor.start({
      files: { 'package.json': '{}', 'backend.js': '// above\n', 'notes.txt': '' },
    });
    window = await editor.open();
  });
  suiteTeardown(() => editor.stop());
  teardown(function () {
    return tidy(this, window);
  });

  const saved = (name: string, wanted: RegExp) =>
    until(
      () => readFile(join(editor.workspace, name), 'utf8'),
      text => wanted.test(text),
    );

  test('at the cursor, in the language of the editor and the manner of the project', async () => {
    await window.openFile('backend.js');
    await window.press('Control+End');
    await window.palette('Jimeng: Insert Async Client');
    await window.quickInputWith('What should be inserted?');
    await window.screenshot('insert-client-en');
    await window.pick('Client');
    await window.page.locator('.view-line', { hasText: 'JimengClient()' }).waitFor();
    await window.press('Control+S');
    const text = await saved('backend.js', /exports\.JimengClient = JimengClient/);
    assert.match(text, /^\/\/ above\n"use strict";\n/);
    assert.match(text, /^\/\*\*\n \* Pictures and videos from Jimeng/m);
    assert.ok(text.includes('${encodeURIComponent(taskId)}'), 'plain text, no snippet');
    await window.press('Control+Home');
    await window.screenshot('insert-client-done-en');
  });

  test('asks for the language where the editor does not tell', async () => {
    await window.openFile('notes.txt');
    await window.palette('Jimeng: Insert Async Client');
    await window.pick('Webhook');
    await window.quickInputWith('In which language?');
    await window.pick('Python');
    await window.page.locator('.view-line', { hasText: 'webhook_handler(' }).waitFor();
    await window.press('Control+S');
    assert.match(
      await saved('notes.txt', /_end_of/),
      /^"""Receives the calls of a jimeng-api service/,
    );
  });

  test('in a new document where no editor is open; Escape inserts nothing', async () => {
    await window.closeEditors();
    await window.palette('Jimeng: Insert Async Client');
    await window.pick('Client');
    await window.quickInputWith('In which language?');
    await window.press('Escape');
    await window.palette('Jimeng: Insert Async Client');
    await window.pick('Client');
    await window.pick('TypeScript');
    await window.page.locator('.tab.active', { hasText: 'Untitled-1' }).waitFor();
    await window.page.locator('.view-line', { hasText: 'JimengClient()' }).waitFor();
    await window.page.locator('[id="status.editor.mode"]', { hasText: 'TypeScript' }).waitFor();
    assert.equal(await window.page.locator('.tab').count(), 1);
    await window.screenshot('insert-client-untitled-en');
  });
});
