// Mocha's spec reporter, which also writes the numbers of the run, and the files with failures, to the file that JIMENG_TEST_COUNTS names.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failedFiles = new Set();
    runner.on(Runner.constants.EVENT_TEST_FAIL, ({ file, parent }) => failedFiles.add(file ?? parent.file)); // a hook has no file
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(process.env.JIMENG_TEST_COUNTS, JSON.stringify({ passed: passes, failed: failures, skipped: pending, failedFiles: [...failedFiles] }));
    });
  }
};
