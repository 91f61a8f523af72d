"""The wire to the page: packed frames and their checksum."""
