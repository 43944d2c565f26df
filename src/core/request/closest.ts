import * as l10n from '@vscode/l10n';

/**
 * The one of `names` that a person probably meant: the same but for letter case and a few mistyped characters, or the
 * beginning or the end of one. Undefined where nothing is near.
 */
export function closest(typed: string, names: readonly string[]): string | undefined {
  const wanted = plain(typed);
  if (wanted === '') return undefined;
  const part =
    wanted.length < 3
      ? undefined
      : names.find(name => plain(name).endsWith(wanted) || plain(name).startsWith(wanted));
  const [best] = names
    .map(name => ({ name, edits: editsBetween(wanted, plain(name)) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.ceil(wanted.length / 4) ? best.name : part;
}

/** The question whether the closest of `names` is meant; empty where nothing is near. @param written before a name */
export function didYouMean(typed: string, names: readonly string[], written = ''): string {
  const meant = closest(typed, names);
  return meant === undefined ? '' : l10n.t('Did you mean {0}?', written + meant);
}

/** The same of values such as `4k` and `16:9`: another number is not mistyped, it is another value. */
export function didYouMeanValue(typed: string, values: readonly string[]): string {
  const digits = (text: string) => text.replace(/\D/g, '');
  return didYouMean(
    typed,
    values.filter(value => digits(value) === digits(typed)),
  );
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]/g, '');
}

/** How many characters have to be put in, taken out or changed (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1];
    for (let at = 1; at <= other.length; at++)
      next.push(
        Math.min(
          (next[at - 1] ?? 0) + 1,
          (row[at] ?? 0) + 1,
          (row[at - 1] ?? 0) + (other[at - 1] === one[index] ? 0 : 1),
        ),
      );

    row = next;
  }
  return row[other.length] ?? 0;
}
