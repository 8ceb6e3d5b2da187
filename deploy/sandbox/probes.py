"""One real request to a server, to see that it answers and not merely listens."""

import socket
import struct

_TIMEOUT_SECONDS = 2.0
_METADATA_REQUEST = 3
_OP_MSG = 2013


def kafka_brokers(port: int) -> int:
    """How many brokers the one on this port knows of; 0 when it does not answer (yet)."""
    request = struct.pack(">hhih", _METADATA_REQUEST, 1, 1, -1) + struct.pack(">i", 0)
    reply = _exchange(port, struct.pack(">i", len(request)) + request, prefix=">i")
    if len(reply) < 8:
        return 0
    count: int = struct.unpack_from(">i", reply, 4)[0]
    return count


def mongo_answers(port: int) -> bool:
    """Whether the server on this port answers a ping."""
    ping = b"\x10ping\x00" + struct.pack("<i", 1)
    database = b"\x02$db\x00" + struct.pack("<i", 6) + b"admin\x00"
    document = struct.pack("<i", 4 + len(ping) + len(database) + 1) + ping + database + b"\x00"
    body = struct.pack("<iiiI", 1, 0, _OP_MSG, 0) + b"\x00" + document
    reply = _exchange(port, struct.pack("<i", len(body) + 4) + body, prefix="<i", counted=True)
    return b"\x01ok\x00" + struct.pack("<d", 1.0) in reply


def _exchange(port: int, request: bytes, *, prefix: str, counted: bool = False) -> bytes:
    """The reply to `request` without its length; empty when there is none.

    `counted`: the length at its head includes itself.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_SECONDS) as link:
            link.sendall(request)
            length: int = struct.unpack(prefix, _receive(link, 4))[0]
            return _receive(link, length - 4 if counted else length)
    except (OSError, struct.error):
        return b""


def _receive(link: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        piece = link.recv(length - len(received))
        if not piece:
            break
        received += piece
    return received
