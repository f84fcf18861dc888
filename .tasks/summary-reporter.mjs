// Closes a test run with what was skipped and why, which files took longest, what failed, and one line that counts.
const slowFilesShown = 12;

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const by = (state) => tests.filter((test) => test.result().state === state);
    const skipped = by('skipped');
    console.log(skipped.length === 0 ? '\nNothing was skipped.' : '\nSkipped:');
    for (const [reason, those] of Map.groupBy(skipped, (test) => test.result().note ?? 'no reason given')) {
      console.log(`- ${reason}:`);
      for (const [suite, ones] of Map.groupBy(those, suiteOf))
        console.log(`  ${suite} > ${ones.map(({ name }) => name).join(' · ')}`);
    }

    console.log('\nSlowest files:');
    const slowest = modules
      .map((module) => ({ module, ms: timeOf(module) }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, slowFilesShown);
    for (const { module, ms } of slowest)
      console.log(`- ${(ms / 1000).toFixed(1).padStart(6)} s ${module.relativeModuleId}`);

    const again = tests.filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0);
    if (again.length > 0) console.log('\nTried again:');
    for (const test of again) console.log(`- ${test.fullName}: ${firstLine(test.result().errors?.[0])}`);

    // Last, so that whoever sees only the end of a long output sees why it is red.
    const failed = by('failed');
    // Files that could not be loaded, and suites whose tests never ran for what came before them.
    const broken = modules
      .flatMap((module) => [module, ...module.children.allSuites()])
      .filter((suite) => suite.errors().length > 0);
    const failures = failed.length + broken.length + unhandledErrors.length;
    if (failures > 0) console.log('\nFailed:');
    for (const test of failed)
      console.log(
        `- ${test.module.relativeModuleId}: ${test.fullName}: ${firstLine(test.result().errors?.[0])}`,
      );
    for (const suite of broken) {
      const name = suite.type === 'module' ? '' : ` ${suite.fullName}:`;
      const { relativeModuleId } = suite.type === 'module' ? suite : suite.module;
      console.log(`- ${relativeModuleId}:${name} ${firstLine(suite.errors()[0])}`);
    }
    for (const error of unhandledErrors) console.log(`- outside of any test: ${firstLine(error)}`);
    console.log(`\n${by('passed').length} passed, ${failures} failed, ${skipped.length} skipped`);
  }
}

function suiteOf(test) {
  return test.parent.type === 'suite' ? test.parent.fullName : test.module.relativeModuleId;
}

function timeOf(module) {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return collectDuration + setupDuration + duration;
}

function firstLine(error) {
  return String(error?.message ?? error ?? 'no error given').split('\n', 1)[0];
}
