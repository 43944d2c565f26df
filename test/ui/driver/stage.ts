import type { Context } from 'mocha';
import { demoService, type DemoService } from '../../demo-service.ts';
import { Editor, type EditorOptions } from './editor.ts';
import { setSession } from './steps.ts';
import { Window } from './window.ts';

/** What the tests of a suite work with. */
export interface Stage {
  demo: DemoService;
  editor: Editor;
  window: Window;
}

export interface StageOptions extends EditorOptions {
  service?: Parameters<typeof demoService>[0];
  /** Stored before the first test; none: the tests see to it. */
  session?: string;
}

/** A demo service, and a window whose settings name it. */
export async function raiseStage({
  service,
  session,
  settings,
  ...options
}: StageOptions = {}): Promise<Stage> {
  const demo = await demoService(service);
  let editor: Editor | undefined;
  try {
    editor = await Editor.start({
      ...options,
      settings: { 'jimeng.apiUrl': demo.url, ...settings },
    });
    const window = await editor.open();
    if (session !== undefined) await setSession(window, session);
    return { demo, editor, window };
  } catch (error) {
    await strikeStage({ demo, editor }); // a server that nobody uses would slow down all that follows
    throw error;
  }
}

/** Stops what there is: a stage that could not be raised has no parts. */
export async function strikeStage({
  demo,
  editor,
}: {
  demo?: DemoService | undefined;
  editor?: Editor | undefined;
}): Promise<void> {
  await editor?.stop();
  await demo?.close();
}

/** After each test: what failed is photographed, and no page and no message stays for the next one. */
export async function tidy({ currentTest }: Context, window: Window): Promise<void> {
  if (currentTest?.isFailed()) {
    await window.screenshot(`failed-${currentTest.title}`);
    for (const page of window.page.context().pages())
      if (page !== window.page)
        await new Window(page).screenshot(`failed-${currentTest.title}-other`);
  }
  await window.press('Escape');
  await window.closeNotifications();
}
