"""What build.py is made of. Standard library only."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # said here, before newer syntax fails in words that help nobody
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
