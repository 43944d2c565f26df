import * as l10n from '@vscode/l10n';

/**
 * Gives the core its texts in the editor's language. A separate module: English needs none, and a CommonJS package cannot
 * be loaded lazily by name.
 */
export function useTexts(contents: {
  [key: string]: string | { message: string; comment: string[] };
}): void {
  l10n.config({ contents });
}
