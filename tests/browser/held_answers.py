"""Answers of Python that arrive when a test lets them: as on a busy machine, or one that was asleep."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

# To be run before the page's own scripts. The answers keep their order.
HELD_ANSWERS = """
(() => {
  const {addEventListener, postMessage} = Worker.prototype;
  let queue = Promise.resolve();
  Worker.prototype.addEventListener = function (type, listener, ...rest) {
    const late = (event) => { queue = queue.then(() => self.held).then(() => void listener(event)); };
    return addEventListener.call(this, type, type === "message" ? late : listener, ...rest);
  };
  self.hold = () => { self.held = new Promise((release) => { self.release = release; }); };
  Worker.prototype.postMessage = function (message, ...rest) {
    if (self.method && message.method === self.method) {
      self.hold();
      self.method = null;
    }
    return postMessage.call(this, message, ...rest);
  };
})();
"""


@contextmanager
def held(page: Page) -> Iterator[None]:
    """Let no answer arrive before the block ends."""
    page.evaluate("() => self.hold()")
    yield
    page.evaluate("() => self.release()")


@contextmanager
def held_from(page: Page, method: str) -> Iterator[None]:
    """Wait for the next call of `method`, and let no answer arrive from then on before the block ends."""
    page.evaluate("method => { self.held = null; self.method = method; }", method)
    page.wait_for_function("() => self.held !== null")  # a promise itself would be waited for
    yield
    page.evaluate("() => self.release()")
