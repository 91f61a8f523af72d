"""The exercises and the bug clinic on the page: predict, write, check, ask for help, mend; progress is kept."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backprop.exercises.answer_lines import answer_lines
from backprop.exercises.clinic import BUGS
from backprop.exercises.diagnosis import broken_lines, red_tensors
from backprop.exercises.exercise import Exercise, body_lines, exercises
from backprop.files.progress_file import read_progress
from tests.browser.conftest import boot
from tests.browser.hand import call, panel
from tests.browser.test_code import WATCH
from tests.browser.test_why import ask
from tests.python.exercises.test_exercise import SLIPS, slipped
from tools.places import ROOT

COURSE = exercises()


@pytest.fixture(scope="module")
def opened(booted: Page) -> Page:
    """Open the exercises on the module's page, and watch the content policy."""
    booted.evaluate(WATCH)
    expect(panel(booted, "Exercises").get_by_role("button", name="Bias gradient")).to_be_visible()
    return booted


@pytest.fixture
def room(opened: Page) -> Locator:
    """Lend the panel with the list in it."""
    found = panel(opened, "Exercises")
    if found.get_by_role("button", name="All exercises").is_visible():
        found.get_by_role("button", name="All exercises").click()
    expect(found.get_by_role("heading", name="Write backpropagation yourself")).to_be_visible()
    return found


@pytest.fixture
def beginner(opened: Page, room: Locator) -> Page:
    """Lend the module's page without any progress, at a run of our own code."""
    reset_progress(room)
    call(opened, "create_run")
    return opened


def open_exercise(room: Locator, exercise: Exercise, *, predict: bool = True) -> None:
    room.get_by_role("button", name=exercise.title).click()
    expect(room.get_by_role("heading", name=f"{exercise.number}. {exercise.title}")).to_be_visible()
    question = room.get_by_role("group", name="Predict first")
    expect(question.or_(room.get_by_label("Your prediction"))).to_be_visible()
    if predict and question.is_visible():
        question.get_by_role("radio").nth(exercise.prediction.right).check()
        question.get_by_role("button", name="Answer").click()
        expect(room.get_by_label("Your prediction")).to_contain_text("Right: ")


def write(room: Locator, source: str) -> None:
    """Type into the editor, in place of all that is there."""
    editor = room.locator(".cm-content")
    editor.focus()
    keyboard = room.page.keyboard
    keyboard.press("Control+a")
    keyboard.press("Delete")
    keyboard.insert_text(source)


def solve(room: Locator, exercise: Exercise) -> None:
    """Predict, write the answer and check it in an exercise that is open; go on to the next."""
    expect(room.get_by_role("heading", name=f"{exercise.number}. {exercise.title}")).to_be_visible()
    question = room.get_by_role("group", name="Predict first")
    expect(question.or_(room.get_by_label("Your prediction"))).to_be_visible()
    if question.is_visible():
        assert body_lines(exercise.text("answer.py"))[-1].strip() not in room.inner_text()
        question.get_by_role("radio").nth(exercise.prediction.right).check()
        question.get_by_role("button", name="Answer").click()
    write(room, exercise.text("answer.py"))
    room.page.keyboard.press("Control+Enter")
    expect(room.get_by_label("Result")).to_contain_text("Right.")
    room.get_by_role("button", name="Next exercise").click()


def train_with_solutions(room: Locator) -> None:
    """Open the end of the course, and train there to the loss of our own code."""
    expect(room.get_by_role("heading", name="Train with your solutions")).to_be_visible()
    room.get_by_role("button", name="All exercises").click()
    expect(room.get_by_text("14 of 14 solved")).to_be_visible()
    room.get_by_role("button", name="Train with your solutions").click()
    room.get_by_role("button", name="Train with my solutions").click()
    result = room.get_by_label("Result")
    expect(result).to_contain_text("Right. Loss at step 300")
    room.page.get_by_role("button", name="Pause").click()
    expect(room.page.locator("[data-view=switcher]")).to_contain_text("My solutions")


# By day the last of them is written by hand; the page's Python checks all.
@pytest.mark.nightly
def test_the_answers_solve_every_exercise_and_train_the_default_run_to_the_same_loss(room: Locator) -> None:
    reset_progress(room)
    open_exercise(room, COURSE[0])
    for exercise in COURSE:
        solve(room, exercise)
    train_with_solutions(room)


def solved(exercise: Exercise) -> dict[str, Any]:
    """Return the progress of one who has found the answer at once."""
    now, answer = "2026-01-31T12:00:00Z", exercise.text("answer.py")
    task = {"started": now, "solved": now, "attempts": 1, "attempts_to_solve": 1, "predicted": None, "help": {}}
    return {**task, "source": answer, "solution": answer}


def test_the_last_answer_ends_the_course_and_all_train_the_default_run_to_the_same_loss(
    room: Locator, tmp_path: Path
) -> None:
    path = tmp_path / "progress.json"
    tasks = {exercise.name: solved(exercise) for exercise in COURSE[:-1]}
    path.write_text(json.dumps({"format": "backprop-progress", "version": 1, "name": "Ada", "tasks": tasks}))
    import_progress(room, path)
    room.get_by_role("button", name="Replace").click()
    expect(room.get_by_text("13 of 14 solved")).to_be_visible()
    room.get_by_role("button", name=COURSE[-1].title).click()
    solve(room, COURSE[-1])
    train_with_solutions(room)


def test_every_answer_is_right_in_the_python_of_the_page(opened: Page) -> None:
    solutions = [{"number": exercise.number, "source": exercise.text("answer.py")} for exercise in COURSE]
    assert [report["solved"] for report in check_all(opened, solutions)] == [True] * 14


def test_a_solution_computes_in_the_network(room: Locator) -> None:
    page = room.page
    open_exercise(room, COURSE[0])
    write(room, COURSE[0].text("answer.py"))
    room.get_by_role("button", name="Run", exact=True).click()
    room.get_by_role("button", name="Put it into my network").click()
    expect(page.locator("#status")).to_contain_text("Your solutions compute in this run.")
    code = page.evaluate("async () => backprop.code({id: (await backprop.runs()).find(({active}) => active).id})")
    (model,) = [each["running"] for each in code["files"] if each["file"] == "model.py"]
    assert "def bias_gradient(dz):" in model or "def backward(x, layers, dlogits, slope):" in model
    page.evaluate("() => backprop.train_batch({update: true})")


def test_the_first_failure_is_shown_with_its_slip_and_numbers(room: Locator) -> None:
    weights = COURSE[1]
    open_exercise(room, weights)
    write(room, "import numpy as np\n\n\ndef weight_gradient(x, dz):\n    return x.T @ dz / len(x)\n")
    room.page.keyboard.press("Control+Enter")
    result = room.get_by_label("Result")
    expect(result).to_contain_text("Yours is 1/N")
    expect(result.get_by_role("listitem").filter(has_text="Gradients")).to_have_text(re.compile("failed"))
    expect(result.get_by_role("listitem").filter(has_text="Edge cases")).to_have_text(re.compile("not reached"))
    expect(result.get_by_role("row")).to_have_count(11)  # a head and the first ten
    write(room, "def weight_gradient(x, dz):\n    return x.T @\n")
    room.page.keyboard.press("Control+Enter")
    expect(result).to_contain_text("Line 2: Syntax error: invalid syntax.")
    expect(room.locator(".cm-lint-marker-error")).to_have_count(1)
    room.get_by_role("button", name="Start over").click()
    room.get_by_role("button", name="Discard").click()
    expect(room.locator(".cm-content")).to_contain_text("...")
    expect(result).to_have_count(0)


def test_lines_of_ours_that_answer_it_are_shown_only_after_a_question(beginner: Page) -> None:
    page = beginner
    room = panel(page, "Exercises")
    open_exercise(room, COURSE[0], predict=False)
    why = ask(page, "layers/0/grad_biases", 0, 0)
    expect(why).to_contain_text("Hidden: lines that answer the open exercise.")
    hidden = [line.strip() for each in answer_lines("bias_gradient") for line in each.text.splitlines()]
    code = panel(page, "Code")
    folded = code.get_by_text("Hidden: 2 lines that answer the open exercise.")
    code.locator(".cm-content").focus()
    for _ in range(12):
        if folded.is_visible():
            break
        page.keyboard.press("PageDown")
    expect(folded).to_be_visible()
    assert not [line for line in hidden if line in page.content() + code.locator(".cm-content").inner_text()]
    why = panel(page, "Why this number?")
    why.get_by_role("button", name="Show …").click()
    why.get_by_role("button", name="Show", exact=True).click()
    expect(why).to_contain_text("np.add.reduce(grad_z, axis=0, out=self.grad_biases)")
    expect(panel(page, "Code").locator(".cm-content")).not_to_contain_text("Hidden: ")


def test_help_comes_step_by_step_and_progress_outlives_the_page(beginner: Page, site: str, tmp_path: Path) -> None:
    page = beginner
    room = panel(page, "Exercises")
    gelu = COURSE[6]
    open_exercise(room, gelu)
    for rung in ("factor", "place"):
        room.get_by_role("button", name=f"Help: {rung}").click()
        expect(room.get_by_role("group", name="Question")).to_contain_text("Your progress notes that you used it.")
        page.keyboard.press("Enter")  # the focus is on Show
        expect(room.get_by_role("heading", name=rung.capitalize())).to_be_focused()
    assert "return da *" not in page.content()
    write(room, "# mine\n")
    page.keyboard.press("Control+Enter")
    expect(room.get_by_label("Result")).to_contain_text("The file does not define gelu_gradient.")
    panel(page, "Runs")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    boot(page, site)
    assert not [url for url in fetched if "codemirror" in url]  # while the panel is closed
    expect(panel(page, "Exercises").get_by_role("heading", name="7. GELU's slope")).to_be_visible()
    expect(room.get_by_role("heading", name="Place")).to_be_visible()
    expect(room.locator(".cm-content")).to_contain_text("# mine")
    room.get_by_role("button", name="All exercises").click()
    room.get_by_label("Your name in the progress file").fill("Ada")
    room.get_by_label("Your name in the progress file").press("Tab")
    with page.expect_download() as download:
        choose(room, "Export progress")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "progress-Ada.json"
    progress = read_progress(path.read_bytes())
    assert progress["name"] == "Ada"
    task = progress["tasks"]["gelu"]
    assert (task["attempts"], task["solved"], list(task["help"]), task["source"]) == (
        1,
        None,
        ["factor", "place"],
        "# mine\n",
    )
    reset_progress(room)
    expect(room.get_by_label("Your name in the progress file")).to_have_value("")
    import_progress(room, path)
    room.get_by_role("button", name="Replace").click()
    expect(room.get_by_label("Your name in the progress file")).to_have_value("Ada")
    expect(room.get_by_role("button", name="GELU's slope")).to_contain_text("1 attempt, not solved")


def reset_progress(room: Locator) -> None:
    """Delete all progress, and wait until the focus has come back: it would close a menu that is opened meanwhile."""
    choose(room, "Reset progress …")
    room.get_by_role("button", name="Delete").click()
    expect(room.get_by_text("0 of 14 solved")).to_be_visible()
    expect(room.get_by_role("heading", name="Write backpropagation yourself")).to_be_focused()


def import_progress(room: Locator, path: Path) -> None:
    with room.page.expect_file_chooser() as chooser:
        choose(room, "Import progress …")
    chooser.value.set_files(path)


def choose(room: Locator, item: str) -> None:
    room.get_by_role("button", name="Progress").click()
    room.page.get_by_role("menuitem", name=item).click()


# The innermost element with the keyboard, also in the editor's shadow root.
FOCUSED = """
() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return `${found?.tagName} ${found?.getAttribute("aria-label") ?? found?.textContent}`.replace(/\\s+/g, " ");
}
"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until an element has the keyboard."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(FOCUSED):
            return
    pytest.fail(f"Tab does not lead to {wanted!r}")


def test_an_exercise_is_solved_by_keyboard_only(opened: Page, room: Locator) -> None:
    """The pointer stays where it is: a key opens the panel, Tab walks, Escape and Tab leave the editor."""
    page, exercise = opened, COURSE[2]
    page.get_by_role("tab", name="Explain").press("Enter")
    page.keyboard.press("8")
    page.get_by_role("tab", name="Exercises").focus()
    tab_to(page, "Input gradient")
    page.keyboard.press("Enter")
    expect(room.get_by_role("heading", name="3. Input gradient")).to_be_focused()
    question = room.get_by_role("group", name="Predict first")
    expect(question.or_(room.get_by_label("Your prediction"))).to_be_visible()
    if question.is_visible():
        tab_to(page, "INPUT")
        page.keyboard.press("ArrowDown")
        expect(question.get_by_role("button", name="Answer")).to_be_enabled()
        tab_to(page, "BUTTON Answer")
        page.keyboard.press("Enter")
        expect(room.get_by_label("Your prediction")).to_be_focused()
    tab_to(page, "input_gradient.py")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(exercise.text("answer.py"))
    page.keyboard.press("Control+Enter")
    expect(room.get_by_label("Result")).to_contain_text("Right.")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert "Result" in page.evaluate(FOCUSED)


def test_a_case_is_diagnosed_and_mended(room: Locator) -> None:
    page, bug = room.page, BUGS[0]
    room.get_by_role("button", name="Case 1", exact=False).first.click()
    assert bug.name not in page.content()
    diagnosis = room.get_by_role("group", name="Which gradients are wrong?")
    diagnosis.get_by_label("Layer 1 biases").check()
    diagnosis.get_by_label("In line").fill(str(min(broken_lines(bug))))
    diagnosis.get_by_role("button", name="Compare").click()
    expect(diagnosis).to_contain_text("These are not exactly the wrong gradients. The line is right.")
    for layer in (2, 3):
        diagnosis.get_by_label(f"Layer {layer} biases").check()
    diagnosis.get_by_role("button", name="Compare").click()
    expect(diagnosis).to_contain_text("These are the wrong gradients.")
    room.get_by_role("button", name="Check", exact=True).click()
    expect(room.get_by_label("Result")).to_contain_text("Not yet: 3 of 6 gradients are wrong.")
    write(room, (ROOT / "py" / "backprop" / bug.file).read_text("utf-8"))
    page.keyboard.press("Control+Enter")
    expect(room.get_by_label("Result")).to_contain_text(
        f"Mended. Every gradient is right. It was: {bug.name}. {bug.why}"
    )


# By day: test_it_turns_exactly_its_tensors_red of test_clinic.py, and a case on the page above.
@pytest.mark.nightly
def test_every_case_flags_exactly_its_tensors(opened: Page) -> None:
    """The table in the guide, computed by the Python of the page; a native test compares the table with these."""
    flagged = opened.evaluate(
        """
        async (count) => {
          const all = [];
          for (let number = 1; number <= count; number++) {
            const { text: source } = await backprop.clinic_case({ number });
            const { gradients } = await backprop.check_case({ number, source });
            all.push(gradients.filter(({ verdict }) => verdict === "wrong").map(({ name }) => name));
          }
          return all;
        }
    """,
        len(BUGS),
    )
    assert [set(names) for names in flagged] == [red_tensors(bug) for bug in BUGS]


def check_all(page: Page, solutions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reports of the page's Python on solutions."""
    reports: list[dict[str, Any]] = page.evaluate(
        """
        async (solutions) => {
          const all = [];
          for (const solution of solutions) all.push(await backprop.check_solution(solution));
          return all.map(({ solved, slip }) => ({ solved, slip }));
        }
    """,
        solutions,
    )
    return reports


def test_every_slip_is_recognized_by_the_python_of_the_page(opened: Page) -> None:
    solutions = [{"number": exercise.number, "source": slipped(exercise, name)} for exercise, name in SLIPS]
    said = [report["slip"] for report in check_all(opened, solutions)]
    messages = {(each.name, slip.name): slip.message for each in COURSE for slip in each.slips}
    assert said == [messages[exercise.name, name] for exercise, name in SLIPS]


def test_a_file_that_is_no_progress_is_refused(room: Locator, tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_text(json.dumps({"format": "backprop-progress", "version": 1, "name": "", "tasks": {"gelu": {}}}))
    import_progress(room, path)
    expect(room.page.get_by_role("alert").or_(room.page.locator("#status"))).to_contain_text(
        ["tasks.gelu.started is missing"]
    )
