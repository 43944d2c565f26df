import * as l10n from '@vscode/l10n';

/** Gives the core the texts of the editor's language; a module of its own, since English needs none. */
export function useTexts(contents: {
  [key: string]: string | { message: string; comment: string[] };
}): void {
  l10n.config({ contents });
}
