"""Calls about the learner's own code: drafts, running them, and the check of their gradients."""

# ruff: noqa: A002  # `id` is the name on the wire

from ..runs.code_check import check_code, difference
from ..runs.code_difference import find_parting, gaps
from ..runs.own_versions import own
from ..wire import code as wire
from ..wire.overview import summaries
from ..wire.summary import Summaries
from .calls import Calls


class CodeCalls(Calls):
    """Own code."""

    def code(self, *, id: str | None = None) -> wire.RunCode:
        """Return the code of run `id`, or of the active one: our files, the drafts, and the version in force."""
        return wire.code_of(self._runs.find(id))

    def edit_code(self, *, id: str, file: str, text: str | None) -> wire.RunCode:
        """Keep a draft of a file with run `id`; nothing of it is executed. None removes the draft."""
        run = self._runs.get(id)
        run.code.edit(file, text)
        return wire.code_of(run)

    def revert_code(self, *, id: str, file: str | None = None) -> wire.RunCode:
        """Remove the draft of a file, or of all; the version in force stays until the next `run_code`."""
        run = self._runs.get(id)
        run.code.revert(file)
        return wire.code_of(run)

    def run_code(self, *, id: str) -> wire.RunCode:
        """Load the drafts of run `id` and train it with them from its next step on; without drafts, with our code.

        Weights, samples, order and step stay. Code that cannot run raises `LearnerError`, and the version before stays
        in force.
        """
        return wire.code_of(self._runs.run_code(id))

    def check_code(self, *, id: str) -> wire.CodeCheck:
        """Check every gradient of the code that trains run `id`, at its weights and burnt in."""
        run = self._runs.get(id)
        run.code.check_runs()
        verdicts = own(run, check_code)(run)
        run.code.note_verdicts(each.verdict for each in verdicts)
        return wire.check_of(run, verdicts)

    def code_difference(self, *, id: str, tensor: str) -> wire.Difference:
        """Return |mine - numeric| of a gradient of run `id`, at its weights, with the samples of `check_code`."""
        run = self._runs.get(id)
        run.code.check_runs()
        return wire.difference_of(run, tensor, own(run, difference)(run, tensor))

    def compare_with_ours(self, *, id: str) -> Summaries:
        """Create a twin of run `id`, which the learner's code trains, that our code trains: see `twin_run`."""
        self._runs.twin_with_ours(id)
        return summaries(self._runs)

    def code_comparison(self, *, id: str, other: str) -> wire.Comparison:
        """Return after which update two runs with the same start parted, and how far their tensors are apart."""
        one, two = self._runs.get(id), self._runs.get(other)
        return wire.comparison_of(find_parting(one, two), gaps(one, two))
