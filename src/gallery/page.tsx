import * as l10n from '@vscode/l10n';
import { render } from 'preact';
import { Gallery } from './view/gallery.tsx';

const contents = document.getElementById('l10n')?.textContent;
if (contents) l10n.config({ contents });

const root = document.getElementById('root');
if (root) render(<Gallery />, root);
