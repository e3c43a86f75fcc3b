"""Runs unittest's tests and reports in the Test Anything Protocol, which meson reads (protocol: 'tap')."""
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0

    def report(self, ok, test, skip=None, details=""):
        self.count += 1
        name = f"{type(test).__name__}.{test._testMethodName}" if hasattr(test, "_testMethodName") else str(test)
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}" + (f" # SKIP {skip}" if skip is not None else ""))
        for line in details.rstrip().splitlines():
            print("#", line)
        sys.stdout.flush()

    def addSuccess(self, test):
        self.report(True, test)

    def addSkip(self, test, reason):
        self.report(True, test, skip=reason)

    def failed(self, test, error):
        self.report(False, test, details="".join(traceback.format_exception(*error)))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.failed(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.failed(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.failed(test, error)


def main(module="__main__"):
    tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    result = TapResult()
    tests.run(result)
    print(f"1..{result.count}")
    sys.exit(0 if result.wasSuccessful() else 1)
