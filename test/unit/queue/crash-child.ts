import { TestWindow } from './setup.ts';

// A window of its own, to be killed at any moment: it works on what it finds in the folder.
const [folder = ''] = process.argv.slice(2);
new TestWindow(folder).queue.wake();
process.on('message', () => {
  /* an open channel keeps an idle window alive */
});
process.send?.('ready');
