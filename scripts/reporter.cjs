// Mocha's spec reporter, which also writes the numbers of the run to the file that JIMENG_TEST_COUNTS names, and what would have
// to run again: the files with a failure or with a test that was not reached, and how many tests passed in the others.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, ({ file }) => failed.push(file));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const files = new Set(failed);
      runner.suite.eachTest(test => {
        if (!test.isPassed() && !test.isPending()) {
          files.add(test.file);
        }
      });
      let passedElsewhere = 0;
      runner.suite.eachTest(test => {
        if (test.isPassed() && !files.has(test.file)) {
          passedElsewhere++;
        }
      });
      // What belongs to no file would not show again.
      const again =
        failures > 0 && !files.has(undefined) ? { files: [...files], passedElsewhere } : undefined;
      writeFileSync(
        process.env.JIMENG_TEST_COUNTS,
        JSON.stringify({ passed: passes, failed: failures, skipped: pending, again }),
      );
    });
  }
};
