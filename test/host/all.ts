import './extension.test.ts';
import './workspace-folder.test.ts';
