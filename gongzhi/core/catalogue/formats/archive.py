"""What has to hold of a workbook's container before anything parses it: a small, honest, open ZIP file."""

import io
import zipfile
import zlib

from gongzhi.core.catalogue.formats.limits import MAX_EXPANDED_BYTES, MAX_PARTS
from gongzhi.core.catalogue.formats.problems import refusal
from gongzhi.core.errors import Limited

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
_CHUNK = 1 << 16


def check(data: bytes, file: str | None) -> None:
    """Invalid or Limited unless the container can be unpacked within bounds. Every part is unpacked once to see.

    A part that unpacks to more than it claims fails its checksum, so that the claimed sizes can be relied on.
    """
    if data.startswith(_OLE):
        raise refusal("the file is an old .xls, or has a password", "save it as .xlsx without a password", file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_claims(archive, file)
            for info in archive.infolist():
                _unpack(archive, info, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise refusal("the file is no workbook, or is damaged", "save it as .xlsx again", file) from None


def _check_claims(archive: zipfile.ZipFile, file: str | None) -> None:
    parts = archive.infolist()
    expanded = sum(info.file_size for info in parts)
    if expanded > MAX_EXPANDED_BYTES or len(parts) > MAX_PARTS:
        raise Limited(
            f"the workbook unpacks to {expanded:,} bytes in {len(parts):,} parts; "
            f"delete rows, sheets and pictures that are not the list",
            limit="import_expanded_bytes",
            value=MAX_EXPANDED_BYTES,
            actual=expanded,
        )
    if any(info.flag_bits & _ENCRYPTED for info in parts):
        raise refusal("the workbook has a password", "save it without one", file)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str | None) -> None:
    with archive.open(info) as part:
        before = b""
        while chunk := part.read(_CHUNK):
            if b"<!DOCTYPE" in before + chunk or b"<!ENTITY" in before + chunk:
                raise refusal("the workbook declares entities, which no spreadsheet writes", "save it again", file)
            before = chunk[-16:]
