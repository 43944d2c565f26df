import * as l10n from '@vscode/l10n';

/** Gives the core the texts of the language of the editor. A module of its own: English needs none, and a CommonJS package cannot be loaded lazily by name. */
export function useTexts(contents: {
  [key: string]: string | { message: string; comment: string[] };
}): void {
  l10n.config({ contents });
}
