"""What the browser composites for each picture of Play: the canvases, and little else."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.hand import press, wait_for_steps

# Page, tree of accessibility, chart, and a scale for each column.
OTHERS = 8


def drawn_layers(page: Page) -> list[dict[str, Any]]:
    """Return the layers that have something to draw, as the compositor has them after the next picture."""
    session = page.context.new_cdp_session(page)
    trees: list[list[dict[str, Any]]] = []
    session.on("LayerTree.layerTreeDidChange", lambda event: trees.append(event.get("layers", [])))
    session.send("DOM.enable")
    session.send("LayerTree.enable")
    while not any(trees):
        page.evaluate("() => new Promise(requestAnimationFrame)")
    found = [layer for layer in max(trees, key=len) if layer["drawsContent"]]
    for layer in found:
        if "backendNodeId" in layer:
            node = session.send("DOM.describeNode", {"backendNodeId": layer["backendNodeId"]})["node"]
            layer["name"] = node["localName"]
    session.detach()
    return found


def test_captions_are_not_layers_of_their_own(booted: Page) -> None:
    """Each canvas is a layer; what lies between two of them would be one too, and be put together in each picture."""
    page = booted
    press(page, "Play")
    wait_for_steps(page, 50)
    layers = drawn_layers(page)
    press(page, "Pause")
    canvases = sum(layer.get("name") == "canvas" for layer in layers)
    assert canvases >= page.locator("canvas[data-tensor]").count()
    assert len(layers) - canvases <= OTHERS
