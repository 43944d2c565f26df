import type { Window } from './window.ts';

/** Types the prompt where the wizard asks for it in these words; Enter would go on then. */
export async function typePrompt(
  window: Window,
  asked: string,
  text: string,
  next = 'Continue',
): Promise<void> {
  await window.quickInputWith(asked);
  await window.type(text);
  await window.focused(next);
}

/** Answers the wizard's first question, which asks for the prompt in these words. */
export async function describe(
  window: Window,
  asked: string,
  text: string,
  next?: string,
): Promise<void> {
  await typePrompt(window, asked, text, next);
  await window.press('Enter');
}

/** Opens the wizard and types the prompt; the options page stands on "Generate" then. */
export async function writePrompt(window: Window, text: string): Promise<void> {
  await window.palette('Jimeng: Generate Image');
  await describe(window, 'Describe the picture', text);
  await window.quickInputWith('choose what to change');
  await window.focused('Generate');
}

/** From the palette until the options page is left: the request is on its way, or a question is asked. */
export async function generate(window: Window, text: string): Promise<void> {
  await writePrompt(window, text);
  await window.press('Enter');
  await window.quickInput
    .locator('input[placeholder*="choose what to change"]')
    .first()
    .waitFor({ state: 'hidden' });
}

/** Answers the question for the session ID. */
export async function enterSession(
  window: Window,
  id: string,
  asked = 'Session ID',
): Promise<void> {
  await window.quickInputWith(asked);
  await window.type(id);
  await window.press('Enter');
}

/** A bare ID is one of China's site. */
export async function setSession(window: Window, id: string, stored = 'was saved'): Promise<void> {
  await window.palette('Jimeng: Set Session ID');
  await enterSession(window, id);
  await window.quickInputWith('Which site');
  await window.accept('China');
  await window.notification(stored);
  await window.closeNotifications();
}

/** The same where VS Code speaks Chinese. */
export async function setSessionInChinese(window: Window, id: string): Promise<void> {
  await window.palette('即梦: 设置会话 ID');
  await enterSession(window, id, '会话 ID');
  await window.accept('国内');
  await window.notification('已保存会话 ID');
}
