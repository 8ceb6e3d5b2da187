"""Certificates for tests: an authority, and files as an operator has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

HERE = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates; all of its files are in `folder`."""

    folder: Path
    signs: trustme.CA = field(default_factory=trustme.CA)

    @property
    def file(self) -> Path:
        """What those who trust it name."""
        path = self.folder / "ca.pem"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.signs.cert_pem.write_to_path(path)
        return path

    def certificate(
        self, name: str, hosts: Sequence[str] = HERE, *, until: datetime | None = None
    ) -> "Certificate":
        """One for these hosts, whose common name is `name`; its key is beside it."""
        issued = self.signs.issue_cert(*hosts, common_name=name, not_after=until)
        made = Certificate(self.file.parent / f"{name}.crt", self.file.parent / f"{name}.key")
        made.chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        made.write_key(issued.private_key_pem.bytes())
        return made

    def expired(self, name: str) -> "Certificate":
        """One that was good until last year."""
        return self.certificate(name, until=datetime(2025, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, each in a file of its own."""

    chain: Path
    key: Path

    @property
    def together(self) -> Path:
        """Both in one file."""
        path = self.chain.with_suffix(".pem")
        path.write_bytes(self.key.read_bytes() + self.chain.read_bytes())
        return path

    def encrypted(self, password: str) -> Path:
        """The key in a file that only `password` opens."""
        path = self.key.with_suffix(".encrypted")
        path.write_bytes(_pem(self.key.read_bytes(), BestAvailableEncryption(password.encode())))
        return path

    def write_key(self, key: bytes) -> None:
        """As PKCS 8, which Kafka wants."""
        self.key.write_bytes(_pem(key, NoEncryption()))


def _pem(key: bytes, encryption: KeySerializationEncryption) -> bytes:
    return load_pem_private_key(key, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption
    )
