"""Says at the end which tests were left out, and fails the run for it where every test has to run."""

import os

import pytest

EVERY_TEST_HAS_TO_RUN = "TESSERA_ALL_TESTS"
_HOW_TO_GET_A_BROWSER = "Chromium is not installed. To run them: apt-get install chromium"


class LeftOut:
    """Collects in the process that reports: with xdist that is the one that hands out the work."""

    def __init__(self) -> None:
        self.for_want_of_a_browser: list[str] = []
        self.for_another_reason: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        of_the_browser = "browser" in report.keywords
        (self.for_want_of_a_browser if of_the_browser else self.for_another_reason).append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if os.environ.get(EVERY_TEST_HAS_TO_RUN) == "1" and (self.for_want_of_a_browser or self.for_another_reason):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.for_want_of_a_browser:
            terminalreporter.section("browser tests left out", sep="-", yellow=True)
            for nodeid in sorted(self.for_want_of_a_browser):
                terminalreporter.line(f"  {nodeid}")
            terminalreporter.line(_HOW_TO_GET_A_BROWSER)
        how_many = len(self.for_want_of_a_browser) + len(self.for_another_reason)
        if os.environ.get(EVERY_TEST_HAS_TO_RUN) == "1" and how_many:
            terminalreporter.section("this run has to run every test", sep="!", red=True)
            terminalreporter.line(f"{how_many} left out while {EVERY_TEST_HAS_TO_RUN}=1: the run fails.", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LeftOut(), "tessera-left-out")
