import { Disposables } from '../platform/disposables.ts';
import { registerDrop } from './drag.ts';
import { MissingImages } from './missing-images.ts';

/** What goes on in pages by itself. */
export function followPages(): Disposables {
  const owned = new Disposables();
  owned.add(registerDrop());
  owned.add(new MissingImages());
  return owned;
}
