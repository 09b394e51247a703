"""checks - what inv-validate and ajv are both given, for tests/bench/figures

Each case is a name, a schema and a function that makes record N; every
twentieth record or so does not fit.
"""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = ("tool", "reagent", "sample", "probe")


def inventory(n):
    return {
        "asset_id": "LAB-%07d" % n, "grant_code": "NIH-R01-%05d" % (n % 99991),
        "description": "Erlenmeyer flask 500 ml",
        "quantity": n % 90 + 10 if n % 20 else -1,
        "location_code": "BLDG%02d-RM%03d-CAB%d" % (
            n % 30 + 10, n % 900 + 100, n % 10),
        "acquired_on": "2026-%02d-%02d" % (n % 9 + 1, n % 28 + 1)}


def grant(n):
    """As pydantic's model in tests/pydantic has it."""
    return {
        "id": "2eb8aa08-aa98-11ea-b4aa-%012x" % n, "title": "Grant %d" % n,
        "funder": "NIH" if n % 20 else "NSF",
        "lead": {"name": "Ada", "email": "ada@example.org",
                 "orcid": "0000-0002-1825-0097"},
        "team": [{"name": "P%d" % i, "email": "p%d@example.org" % i}
                 for i in range(n % 5)],
        "tags": ["a", "b", "tag%d" % n][:n % 4],
        "budget": {"total": n % 1000 * 100 + 100,
                   "by_year": {"2026": n, "2027": 2 * n}},
        "period": ["2026-01-01", "2026-12-31"],
        "homepage": None if n % 2 else "https://example.org/%d" % n,
        "scores": [1, 2.5, n / 8]}


def metaschema(n):
    """A record whose member is itself a schema."""
    return {"data": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/%d" % n, "type": "object",
        "properties": {
            "id": {"type": "string", "minLength": n % 7,
                   "pattern": "^[a-z]+$"},
            "size": {"type": ["integer", "null"], "minimum": 0,
                     "maximum": n},
            "parts": {"type": "array", "minItems": 1 if n % 20 else -1,
                      "items": {"anyOf": [{"$ref": "#/$defs/part"},
                                          {"type": "null"}]}}},
        "required": ["id", "size"], "additionalProperties": False,
        "$defs": {"part": {"type": "object", "if": {"required": ["a"]},
                           "then": {"properties": {"a": {"const": n}}}}}}}


WIDE = {
    "type": "object", "additionalProperties": False,
    "properties": {}, "required": ["f%03d" % i for i in range(0, 200, 2)]}
for i in range(200):
    WIDE["properties"]["f%03d" % i] = (
        {"type": "integer", "minimum": 0, "maximum": 1000000},
        {"type": "string", "maxLength": 20, "pattern": "^[a-z0-9-]+$"},
        {"enum": list(KINDS)},
        {"anyOf": [{"type": "number"}, {"type": "null"}]},
        {"type": "boolean"})[i % 5]


def wide(n):
    return {"f%03d" % i: (
        n % 1000 + i if n % 20 or i else -1, "text-%d" % (n % 500 + i),
        KINDS[(n + i) % 4], None if (n + i) % 3 else n / 4,
        (n + i) % 2 == 0)[i % 5] for i in range(200)}


def cases(rows):
    """(name, schema, function, how many records)."""
    def schema(path):
        return json.loads((ROOT / path).read_text(encoding="utf-8"))
    return (
        ("inventory, 6 fields",
         schema("examples/schemas/inventory.schema.json"), inventory, rows),
        ("pydantic's grant, nested",
         schema("tests/pydantic/grant.schema.json"), grant, rows // 5),
        ("the metaschema over schemas",
         {"properties": {"data": {
             "$ref": "https://json-schema.org/draft/2020-12/schema"}}},
         metaschema, rows // 10),
        ("200 fields", WIDE, wide, rows // 20))
