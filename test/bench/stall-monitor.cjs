// An extension beside ours: into a file of its folder it writes, ten times a second, the time and how long the thread of the
// extension host was held up at most since the last line, in ms.
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const resolution = 1;
exports.activate = () => {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  setInterval(() => {
    if (delays.count > 0) {
      appendFileSync(
        join(__dirname, 'stalls.txt'),
        `${Date.now()} ${(delays.max / 1e6 - resolution).toFixed(1)}\n`,
      );
    }
    delays.reset();
  }, 100);
};
