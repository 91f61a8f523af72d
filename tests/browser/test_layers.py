"""What the browser composites for each picture of Play: the canvases, and little else."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.hand import press, wait_for_steps

# Page, tree of accessibility, chart, and a scale for each column.
OTHERS = 8


def drawn_layers(page: Page) -> Iterator[tuple[int, int]]:
    """Give, of tree after tree, how many layers with something to draw are canvases, and how many are not."""
    session = page.context.new_cdp_session(page)
    trees: list[list[dict[str, int]]] = []
    session.on("LayerTree.layerTreeDidChange", lambda event: trees.append(event.get("layers", [])))
    session.send("DOM.enable")
    session.send("LayerTree.enable")
    names: dict[int, str] = {}
    while True:
        page.evaluate("() => new Promise(requestAnimationFrame)")
        nodes = [layer.get("backendNodeId", 0) for layer in (trees or [[]])[-1] if layer["drawsContent"]]
        for node in {*nodes} - names.keys() - {0}:
            names[node] = session.send("DOM.describeNode", {"backendNodeId": node})["node"]["localName"]
        canvases = sum(names.get(node) == "canvas" for node in nodes)
        yield canvases, len(nodes) - canvases


def test_captions_are_not_layers_of_their_own(booted: Page) -> None:
    """Each canvas is a layer; what lies between two of them would be one too, and be put together in each picture."""
    page = booted
    press(page, "Play")
    wait_for_steps(page, 50)
    matrices = page.locator("canvas[data-tensor]").count()
    others = next(others for canvases, others in drawn_layers(page) if canvases >= matrices)
    press(page, "Pause")
    assert others <= OTHERS
