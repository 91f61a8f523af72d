"""The documentation of scripting, made from `Session`; `python -m tools.scripting` writes docs/scripting.md."""

import inspect

from tools.api_types import Field, Types, answer, calls, calls_of, in_javascript, parameters, subjects
from tools.places import ROOT

PLACE = ROOT / "docs" / "scripting.md"
HEAD = """\
# Scripting the page

`window.backprop` offers every call that the page itself makes, as a promise, and the page follows. In the browser's
console:

```js
await backprop.ready;
await backprop.create_run({ name: "Deep", config: { model: { hidden_dims: [16, 16, 16], activation: "tanh" } } });
await backprop.trainer_config({ learning_rate: 0.03 });
for (let epoch = 0; epoch < 50; epoch++) await backprop.train_epoch({ update: true });
const { metrics, backward } = await backprop.state();
console.log(metrics.accuracy, backward.tensors.map((tensor) => tensor.name));
```

In Python the same calls are the methods of `backprop.session.Session`, with keyword arguments and the same answers.

Answers are plain data: numbers, strings, lists, objects and flat typed arrays, row by row. Their types are in
[api.d.ts](../web/api.d.ts). With `update: false` everything is computed and no weight changes. Tensors are named
`layers/0/weights`, `layers/0/grad_weights` and so on. A refused value rejects the promise with a `ValueError` whose
message begins with the field's name; then nothing has changed. `advance` does not wait for the page, which follows ten
times a second: [benchmarks.md](benchmarks.md#scripts).

This page is written by `python -m tools.scripting` from the signatures and docstrings of
[Session](../py/backprop/session.py), whose calls stand by subject in [calls/](../py/backprop/calls).
"""


def call_section(types: Types, name: str) -> str:
    """Return the section of one call: its parameters, its answer and its docstring."""
    method = calls()[name]
    given = parameters(types, method)
    shown = ", ".join(f"{each.name}{'?' if each.optional else ''}" if each.name else "…" for each in given)
    lines = [f"### {name}", "", f"`{name}({f'{{ {shown} }}' if shown else ''})` → `{answer(types, method)}`", ""]
    lines.append(in_javascript(inspect.cleandoc(method.__doc__ or "")))
    return "\n".join([*lines, *(["", *map(_row, given)] if given else []), ""])


def _row(field: Field) -> str:
    if not field.name:
        config = field.type.removeprefix("Partial<").removesuffix(">")
        return f"* any fields of `{config}`, which [api.d.ts](../web/api.d.ts) lists"
    note = " ".join(in_javascript(field.note).split())
    return f"* `{field.name}`: `{field.type}`" + (f"; {note}" if note else "")


def text() -> str:
    """Return docs/scripting.md; the docstring of each class of calls is their heading."""
    types, parts = Types(), [HEAD]
    for subject in subjects():
        parts.append(f"## {(subject.__doc__ or '').partition('.')[0]}\n")
        parts += [call_section(types, name) for name in calls_of(subject)]
    return "\n".join(parts)


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8", newline="\n")
