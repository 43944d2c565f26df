import type { Draft } from './draft.ts';
import { optionsPage, type OptionsContext } from './options-page.ts';
import { promptPage } from './prompt-page.ts';

export interface WizardContext extends OptionsContext {
  /** Earlier prompts, newest first. */
  history: readonly string[];
}

export interface WizardResult {
  draft: Draft;
  /** `edit`: the prompt should be written in an editor. */
  next: 'generate' | 'edit';
}

/**
 * Asks for a prompt, then shows one page with everything that will be sent. A prompt with line breaks skips the first
 * page, whose input has only one line. Undefined if the person cancels.
 */
export async function wizard(
  draft: Draft,
  context: WizardContext,
): Promise<WizardResult | undefined> {
  for (let current = draft, hasPrompt = isLong(draft); ; hasPrompt = false) {
    if (!hasPrompt) {
      const answer = await promptPage(current, context.region, context.history);
      if (!answer) return undefined;
      current = answer.draft;
      if (answer.edit) return { draft: current, next: 'edit' };
    }
    const answer = await optionsPage(current, context);
    if (!answer) return undefined;
    current = answer.draft;
    if (answer.next === 'generate') return { draft: current, next: 'generate' };
    if (answer.next === 'edit' || isLong(current)) return { draft: current, next: 'edit' };
  }
}

function isLong({ request }: Draft): boolean {
  return request.prompt.includes('\n');
}
