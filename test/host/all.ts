import './extension.test.ts';
import './workspace-folder.test.ts';
import './kept-pictures.test.ts';
import './kept-pictures.test.ts';
import './agents.test.ts';
