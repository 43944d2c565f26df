import type { Draft } from './draft.ts';
import { optionsPage, type OptionsContext } from './options-page.ts';
import { promptPage, type PromptContext } from './prompt-page.ts';

export type WizardContext = OptionsContext & PromptContext;

export interface WizardResult {
  draft: Draft;
  /** `edit`: the prompt should be written in an editor. `cancel`: the person left; `draft` has what they wrote. */
  next: 'generate' | 'edit' | 'cancel';
}

/**
 * Asks for a prompt, then shows one page with everything that will be sent. A prompt with line breaks skips the first
 * page, whose input has only one line.
 */
export async function wizard(draft: Draft, context: WizardContext): Promise<WizardResult> {
  for (let current = draft, hasPrompt = isLong(draft); ; hasPrompt = false) {
    if (!hasPrompt) {
      const answer = await promptPage(current, context);
      if (answer.next !== 'options') return { draft: answer.draft, next: answer.next };
      current = answer.draft;
    }
    const answer = await optionsPage(current, context);
    current = answer.draft;
    if (answer.next !== 'prompt') return { draft: current, next: answer.next };
    if (isLong(current)) return { draft: current, next: 'edit' };
  }
}

function isLong({ request }: Draft): boolean {
  return request.prompt.includes('\n');
}
