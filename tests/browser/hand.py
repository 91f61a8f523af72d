"""What a reader's hand and eye do on the page: press, fill in, read."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Literal

from playwright.sync_api import Error, Locator, Page, Worker, expect

SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
OFTEN = 50  # milliseconds, from one look at a page that trains to the next
# Ends when all that is known has been drawn: on a busy machine that takes several frames.
DRAWN = """
async () => {
  do await new Promise(requestAnimationFrame);
  while (document.documentElement.dataset.drawn !== "true");
}
"""


def is_shown(found: Locator) -> bool:
    """Tell whether something is there, after everything else that was asked for has been drawn."""
    found.page.evaluate(DRAWN)
    return found.is_visible()


# Tabs that have another name than their region, and buttons of the panel Runs that are pressed from anywhere.
TABS = {"Why this number?": "Explain"}
IN_RUNS = {"New run", "Import", "Copy link", "Download all"}
# Actions of a run, with their names in its menu.
ROW_ACTIONS = {
    "Activate": "",
    "Duplicate": "Duplicate {}",
    "Twin": "Create twin of {}",
    "Baseline": "Use as baseline: {}",
    "Rename": "Rename {}",
    "Reset": "Reset to step 0: {}",
    "Archive": "Archive {}",
    "Unarchive": "Unarchive {}",
    "Delete": "Delete {}",
}


# Whether the panel of a tab is shown, after everything else that was asked for has been drawn.
SHOWN = f"""
async (tab) => {{
  await ({DRAWN})();
  return document.getElementById(tab.getAttribute("aria-controls"))?.checkVisibility() ?? false;
}}
"""


def panel(page: Page, name: str) -> Locator:
    """Choose the tab of a region, if it is not chosen, and return the region."""
    tab = page.get_by_role("tab", name=re.compile(f"^{re.escape(TABS.get(name, name))}( ?,.*)?$"))
    found = page.get_by_role("region", name=name, exact=True)
    if not tab.evaluate(SHOWN):
        tab.click()
        expect(page.locator(f"#{tab.get_attribute('aria-controls')}")).to_be_visible()
    return found


def menu_of(page: Page, matrix: str) -> Locator:
    """Open the menu of a matrix and return it."""
    page.get_by_role("button", name=f"Menu of {matrix}", exact=True).click()
    return page.get_by_role("menu")


def press(page: Page, name: str) -> None:
    """Press the button with exactly this accessible name; "Rename A" is in the menu of run A."""
    word, _, rest = name.partition(" ")
    if rest and word in ROW_ACTIONS and name != "Reset zoom":
        row_action(page, rest, word)
    else:
        if name in IN_RUNS:
            panel(page, "Runs")
        page.get_by_role("button", name=name, exact=True).click()
        if name == "New run":
            unfold_settings(page)


def unfold_settings(page: Page) -> None:
    """Open every section of the New run form at once; one by one they would be four clicks on what moves."""
    sections = page.get_by_role("dialog", name="New run").locator("details")
    expect(sections).to_have_count(4)
    sections.evaluate_all("(sections) => sections.forEach((section) => { section.open = true; })")


def start_from(page: Page, title: str) -> None:
    """Choose where a new run starts from."""
    page.get_by_role("dialog", name="New run").locator("label").filter(has_text=title).click()


def choose_twin_field(page: Page, label: str) -> None:
    """Choose the setting in which a twin differs."""
    page.get_by_role("dialog", name="Twin").get_by_role("radio", name=label, exact=True).check()


def row_menu(page: Page, run_name: str) -> Locator:
    """Open the menu of a run and return it."""
    name = f"Actions of {run_name}"
    panel(page, "Runs").get_by_role("button", name=name, exact=True).click()
    return page.get_by_role("menu", name=name, exact=True)


def row_action(page: Page, run_name: str, action: str) -> None:
    """Choose an action of a run: Activate beside its values, all others in its menu."""
    if action == "Activate":
        panel(page, "Runs").get_by_role("button", name=f"Activate {run_name}", exact=True).click()
    else:
        item_in(row_menu(page, run_name), ROW_ACTIONS[action].format(run_name)).click()


def item_in(menu: Locator, name: str) -> Locator:
    """Return the item of a menu with exactly this accessible name."""
    return menu.get_by_role("menuitem", name=name, exact=True).or_(
        menu.get_by_role("menuitemcheckbox", name=name, exact=True)
    )


def color_fields(page: Page, subject: str) -> Locator:
    """Open the choices of a colour scale, if they are not open, and return them: "forward", "second_moment", "lens"."""
    names = {"forward": "forward pass", "backward": "backward pass", "lens": "contributions by sample"}
    name = names.get(subject, subject.replace("_", " "))
    fields = page.get_by_role("group", name=f"Colours of the {name}", exact=True)
    if not is_shown(fields):
        page.locator(f"[data-focus='{subject}_colours']").click()
    return fields


def choose_colors(page: Page, subject: str, scale: tuple[str, str, bool]) -> None:
    """Choose what shares a scale, its transform, and whether outliers are cut off, where they differ from these."""
    scope, transform, clip = scale
    options = {"Same scale for": scope, "Scale": transform, "Cut off outliers": "quantiles" if clip else "none"}
    if subject == "lens":
        del options["Same scale for"]
    fields = color_fields(page, subject)
    for label, option in options.items():
        field = fields.get_by_label(label, exact=True)
        if field.input_value() != option:
            field.select_option(option)
    page.evaluate(DRAWN)


def choose_palette(page: Page, name: str) -> None:
    """Pick a palette among the choices of a colour scale."""
    color_fields(page, "forward").get_by_label("Colours", exact=True).select_option(name)
    page.evaluate(DRAWN)


def meter(page: Page, subject: str) -> str:
    """Return what is said of what a colour scale hides, drawn after everything else that was asked for."""
    page.evaluate(DRAWN)
    return page.locator(f"[data-hides='{subject}'] > span").inner_text()


def open_asked(page: Page, url: str) -> None:
    """Follow a link that is not the first one of the visit, and answer its question."""
    page.goto(url)
    press(page, "Open it")


def readout(page: Page, term: str) -> Locator:
    """Return the value that stands under `term` over the loss chart."""
    return page.get_by_role("region", name="Loss chart").locator(f'dt:text-is("{term}") + dd')


def choose_theme(page: Page, theme: str) -> None:
    """Choose light, dark or system from the menu in the bar."""
    page.get_by_role("button", name=re.compile("^Theme: ")).click()
    page.get_by_role("menuitemradio", name=theme.capitalize(), exact=True).click()


def unfold(page: Page, name: str) -> Locator:
    """Open the dialog under a button of the controls, if it is not open, and return it."""
    dialog = page.get_by_role("dialog", name=name, exact=True)
    if not is_shown(dialog):
        page.get_by_role("region", name="Controls").get_by_role("button", name=name).click()
    return dialog


def choose_speed(page: Page, label: str) -> None:
    """Choose the speed of Play from its menu: "20 steps per second", "As fast as possible"."""
    page.get_by_role("region", name="Controls").get_by_role("button", name="Speed:").click()
    page.get_by_role("menuitemradio", name=label, exact=True).click()


def fill(page: Page, label: str, value: str) -> None:
    """Type a value into a field of the controls and leave it."""
    field = page.get_by_role("region", name="Controls").get_by_label(label)
    field.fill(value)
    field.press("Enter")


def call(page: Page, method: str, params: dict[str, Any] | None = None) -> Any:
    """Call Python through the scripting surface."""
    return page.evaluate("([method, params]) => backprop[method](params)", [method, params or {}])


def call_all(page: Page, calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Call Python several times without waiting in between; the calls are answered in this order."""
    page.evaluate(
        "calls => Promise.all(calls.map(([method, params]) => backprop[method](params))).then(() => {})", calls
    )


def delete_runs(page: Page, runs: Sequence[dict[str, Any]]) -> None:
    """Delete these runs, given as summaries."""
    call_all(page, [("delete_run", {"id": run["id"]}) for run in runs])


def active(page: Page) -> dict[str, Any]:
    """Return the summary of the active run."""
    return next(run for run in call(page, "runs") if run["active"])


# SHA-256 of every parameter of the active run, and its step.
FINGERPRINT = """
async () => {
  const {step, forward} = await backprop.state();
  const tensors = forward.tensors.filter(({name}) => /(weights|biases)$/.test(name)).map(({data}) => data);
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(tensors).arrayBuffer());
  return [step, ...new Uint8Array(digest)].join(" ");
}
"""


def fingerprint(page: Page) -> str:
    """Tell states of the active run apart by their step and all their parameters."""
    return str(page.evaluate(FINGERPRINT))


def new_run(page: Page, **choices: str) -> None:
    """Make a run through the dialog; `choices` are labels, with _ for spaces, and what to type or choose there."""
    press(page, "New run")
    dialog = page.get_by_role("dialog", name="New run")
    for label, value in choices.items():
        field = dialog.get_by_label(label.replace("_", " "), exact=True)
        if field.evaluate("element => element.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name="Create run").click()
    expect(dialog).to_be_hidden()


def wait_for_steps(page: Page, more: int) -> None:
    """Wait until the step on screen has grown by `more`; asked at each frame, the page would draw more of them."""
    page.evaluate("() => { window.seen = null; }")
    page.wait_for_function(
        """(more) => {
          const terms = [...document.querySelectorAll(".readout dt")];
          const text = terms.find((term) => term.textContent === "Step").nextElementSibling.textContent;
          const step = Number(text.replaceAll(",", ""));
          window.seen ??= step;
          return step >= window.seen + more;
        }""",
        arg=more,
        polling=OFTEN,
    )


def steps_while_asked(page: Page, run_id: str) -> int:
    """Return how many steps a run makes while Python answers ten calls: one that is played, many between any two."""

    def step() -> int:
        return int(next(run["step"] for run in call(page, "runs") if run["id"] == run_id))

    before = step()
    for _ in range(10):
        call(page, "limits")
    return step() - before


def wait_for_runs(page: Page, condition: str) -> None:
    """Wait until Python's list of runs meets `condition`; the promise of an async predicate would count as met."""
    page.evaluate("() => { window.met = false; }")
    page.wait_for_function(
        f"() => {{ backprop.runs().then((runs) => {{ window.met ||= ({condition})(runs); }}); return window.met; }}",
        polling=OFTEN,
    )


def python_worker(page: Page) -> Worker:
    """Return the worker in which Python runs; another one writes the second copies of saved runs."""
    for worker in page.workers:
        with suppress(Error):  # one that has just ended may still be listed
            if worker.evaluate("self.name").startswith("backprop-"):
                return worker
    raise AssertionError("Python runs nowhere")
