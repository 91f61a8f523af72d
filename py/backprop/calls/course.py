"""Calls of the course: exercises, the bug clinic, and the learner's progress."""

# ruff: noqa: A002  # `id` is the name on the wire

from collections.abc import Sequence

from ..exercises.progress import Progress
from ..wire import clinic
from ..wire import course as exercises
from .calls import Calls


class CourseCalls(Calls):
    """Exercises."""

    def course(self) -> exercises.Course:
        """List the exercises."""
        return exercises.course()

    def exercise(self, *, number: int) -> exercises.Task:
        """Return an exercise: its task, the question before the first run, and the file to begin with."""
        return exercises.task(number)

    def prediction(self, *, number: int) -> exercises.Outcome:
        """Return the right option of the question of an exercise, and why it is right."""
        return exercises.outcome(number)

    def exercise_hint(self, *, number: int, rung: str) -> exercises.Hint:
        """Return one rung of help with an exercise: "factor", "place", "lines" or "answer"."""
        return exercises.hint(number, rung)

    def check_solution(self, *, number: int, source: str) -> exercises.SolutionReport:
        """Run a solution and check it, stage by stage up to the first that fails."""
        return exercises.check(number, source)

    def solution_files(self, *, solutions: dict[str, str]) -> list[exercises.EditedFile]:
        """Return the files of the mathematics in which solutions compute, from a dict of exercises and sources."""
        return exercises.with_solutions(solutions)

    def check_capstone(self, *, id: str) -> clinic.CapstoneReport:
        """Compare the loss of run `id` at the last step of the course with that of the same run by this package."""
        return clinic.capstone(self._runs.get(id))

    def clinic_case(self, *, number: int) -> clinic.ClinicCase:
        """Return a case of the bug clinic: a file of the mathematics with a mistake in it."""
        return clinic.clinic_case(number)

    def diagnose_case(self, *, number: int, tensors: Sequence[str], line: int) -> clinic.Diagnosis:
        """Compare a diagnosis with a case: the tensors whose gradients are wrong, and the line of the mistake."""
        return clinic.diagnose(number, tensors, line)

    def check_case(self, *, number: int, source: str) -> clinic.CaseReport:
        """Run a mended file of a case, and check every gradient."""
        return clinic.check_case(number, source)

    def clinic_help(self, *, number: int, kind: str) -> clinic.ClinicHelp:
        """Return help with a case: its "tensors", the "line", or the "answer"."""
        return clinic.clinic_help(number, kind)

    def read_progress(self, *, text: str) -> Progress:
        """Read a progress file; nothing in it is executed."""
        from ..files.progress_file import read_progress  # noqa: PLC0415  # most visitors never need it

        return read_progress(text)
