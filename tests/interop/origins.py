"""Where a client says it is, in every spelling that some program takes for an address: a proxy that is
trusted must pass none of them on as the client's address.
"""

import exchange
from guarding import ADDRESS

# Where nobody with the address rule is let in from.
AWAY = "127.0.0.10"

# The headers in which clients have been known to say it.
HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP"]

# What may be taken for ADDRESS: by itself, by programs that read numbers freely, as the first or the
# last of several, as an element of `Forwarded`.
SPELLINGS = [
    "127.0.0.9", "127.0.0.9 ", "\t127.0.0.9", "127.0.0.9:80", "127.0.0.9:0", "127.0.0.9:99999", "[127.0.0.9]",
    "[127.0.0.9]:80", "::ffff:127.0.0.9", "[::ffff:127.0.0.9]", "[::ffff:127.0.0.9]:80", "::FFFF:7F00:9",
    "0:0:0:0:0:ffff:127.0.0.9", "::127.0.0.9", "64:ff9b::7f00:9", "127.9", "127.0.9", "2130706441", "0x7f000009",
    "0x7f.0.0.9", "0177.0.0.9", "127.0.0.09", "127.000.000.009", "127.0.0.9.", "127.0.0.9/32", "127.0.0.9%lo",
    '"127.0.0.9"', "for=127.0.0.9", 'for="127.0.0.9:80"', 'for="[::ffff:127.0.0.9]"', "For = 127.0.0.9",
    "for=127.0.0.10;for=127.0.0.9", "by=127.0.0.1;for=127.0.0.9", "for=127.0.0.10, for=127.0.0.9", "127.0.0.9,",
    ",127.0.0.9", "127.0.0.9,,", "127.0.0.9, 127.0.0.1", "127.0.0.10, 127.0.0.9", "unknown, 127.0.0.9",
    "127.0.0.9 127.0.0.9", "127.0.0.9;127.0.0.9", "127.0.0.9\xa0", "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.9",
]
assert len(set(SPELLINGS)) == len(SPELLINGS) >= 40

# What a client is answered if its address is refused, or if the proxy refuses what it sends.
REFUSED = {403, 400}


class Asking:
    """Asks one question after another from one address, on one connection while it lasts."""

    def __init__(self, front, source, token):
        self.front, self.source, self.token = front, source, token
        self.client = None

    def status(self, *headers):
        if self.client is None:
            self.client = exchange.Client(self.front, self.source)
        answer = self.client.ask(headers=[("Authorization", f"Bearer {self.token}"), *headers])
        if answer.closes:
            self.close()
        return answer.status

    def close(self):
        if self.client is not None:
            self.client.sock.close()
        self.client = None


def judge(front, server, check):
    """From elsewhere no spelling opens the door, and from the right address none shuts it."""
    away, here = (Asking(front, source, server.tokens["here"]) for source in (AWAY, ADDRESS))
    try:
        check(f"{front.name}: from the right address", 200, here.status())
        for header in HEADERS:
            for spelling in SPELLINGS:
                what = f"{front.name}: {header}: {spelling!r}"
                check(f"{what}, forged", REFUSED, away.status((header, spelling)))
                other = spelling.replace("127.0.0.9", AWAY)
                check(f"{what}, of somebody else", {200, 400}, here.status((header, other)))
        check(f"{front.name}: in all at once", 403, away.status(*((header, ADDRESS) for header in HEADERS)))
        check(f"{front.name}: the right address afterwards", 200, here.status())
    finally:
        away.close()
        here.close()
