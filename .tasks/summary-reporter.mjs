// Closes a test run with what was skipped and why, and one line that counts.
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const by = (state) => tests.filter((test) => test.result().state === state);
    const skipped = by('skipped');
    const brokenModules = modules.filter(
      (module) => module.state() === 'failed' && module.errors().length > 0,
    );
    const failed = by('failed').length + brokenModules.length + unhandledErrors.length;
    console.log(skipped.length === 0 ? '\nNothing was skipped.' : '\nSkipped:');
    for (const test of skipped) console.log(`- ${test.fullName}: ${test.result().note ?? 'no reason given'}`);
    console.log(`\n${by('passed').length} passed, ${failed} failed, ${skipped.length} skipped`);
  }
}
