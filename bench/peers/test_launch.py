"""A worker that does not answer is over, and says so in one way, however it came to it."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import launch  # noqa: E402

READY = "print('{\"ready\": \"an engine\"}', flush=True)"


def worker(program):
    return launch.Worker("engine", [sys.executable, "-c", program], {})


class WorkerTest(unittest.TestCase):
    def test_it_answers_until_it_is_told_to_quit(self):
        answering = worker(f"{READY}\nfor line in open(0): print('{{\"peak_mib\": 7}}', flush=True)")
        self.assertEqual(answering.about, "an engine")
        self.assertEqual(answering.ask("run 1"), {"peak_mib": 7})
        answering.kill()
        self.assertLess(answering.process.returncode, 0)

    def test_its_peak_comes_with_its_end(self):
        ending = worker(f"{READY}\ninput()\nprint('{{\"peak_mib\": 7}}')")
        self.assertEqual(ending.quit(), 7)
        self.assertEqual(ending.process.returncode, 0)
        ending.kill()

    def test_one_that_ended_behind_an_answer_ends_with_its_code(self):
        ended = worker(f"{READY}\nraise SystemExit(3)")
        ended.process.wait()
        self.addCleanup(ended.kill)
        with self.assertRaisesRegex(SystemExit, "engine ended with code 3"):
            ended.ask("run 1")

    def test_one_that_says_something_else_is_killed(self):
        with self.assertRaisesRegex(SystemExit, r"engine gave no answer but '\[0.1s\]\[warning\] slow'"):
            worker("import time; print('[0.1s][warning] slow', flush=True); time.sleep(60)")


class AuxgradTest(unittest.TestCase):
    def test_the_jvm_does_not_log_among_the_answers(self):
        command = [launch.java(), *launch.JAVA_LOG, "-Xshare:auto", "-XX:SharedArchiveFile=/nowhere", "-version"]
        said = launch.subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(said.stdout, "")
        self.assertIn("/nowhere", said.stderr)


if __name__ == "__main__":
    unittest.main()
