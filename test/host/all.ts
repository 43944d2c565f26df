import './extension.test.ts';
import './workspace-folder.test.ts';
import './kept-pictures.test.ts';
import './network.test.ts';
import './agents.test.ts';
import './gallery.test.ts';
