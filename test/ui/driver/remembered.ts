import { until } from './waiting.ts';
import type { Window } from './window.ts';

/** Runs in the page: what `BrowserStorageService` of VS Code keeps of the editors of its workspaces. */
const rememberedEditors = `(async () => {
  const done = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-') || name.includes('global')) continue;
    const database = await done(indexedDB.open(name));
    const store = database.transaction('ItemTable').objectStore('ItemTable');
    found.push(await done(store.get('memento/workbench.parts.editor')));
    database.close();
  }
  return found.join();
})()`;

/** Resolves when this is in what the editor has written down of its open editors: in a browser only every five seconds. */
export async function editorsRemembered(window: Window, wanted: RegExp): Promise<void> {
  await until(
    () => window.page.evaluate<string>(rememberedEditors),
    remembered => wanted.test(remembered),
  );
}
