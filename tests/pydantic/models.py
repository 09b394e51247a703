#!/usr/bin/python3
"""models - what the schemas beside it were made of

With pydantic 2 and email-validator, `models.py` writes NAME.schema.json as
model_json_schema() gives it; the tests read those files and need neither.
"""

import datetime
import decimal
import enum
import json
import pathlib
import typing
import uuid

from pydantic import AnyUrl, BaseModel, ConfigDict, EmailStr, Field


class Status(str, enum.Enum):
    """Where a thing is in its life."""
    ACTIVE = "active"
    RETIRED = "retired"


class Priority(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Asset(BaseModel):
    """One row of an inventory: every value is a cell."""
    model_config = ConfigDict(extra="forbid")

    asset_id: typing.Annotated[str, Field(pattern=r"^LAB-\d+$")]
    name: typing.Annotated[str, Field(min_length=1, max_length=40)]
    quantity: typing.Annotated[int, Field(ge=0, le=10000)]
    weight: typing.Annotated[float, Field(gt=0, lt=1e6)] | None = None
    price: decimal.Decimal
    status: Status = Status.ACTIVE
    priority: Priority | None = None
    kind: typing.Literal["tool", "reagent", "sample"]
    hazardous: bool = False
    acquired_on: datetime.date
    seen_at: datetime.datetime | None = None
    notes: str | None = None


class Person(BaseModel):
    name: str
    email: EmailStr
    orcid: typing.Annotated[
        str, Field(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[0-9X]$")] | None = None


class Budget(BaseModel):
    model_config = ConfigDict(extra="forbid")

    total: typing.Annotated[int, Field(gt=0, multiple_of=100)]
    by_year: dict[str, int] = {}


class Grant(BaseModel):
    """A submission: models within models, lists, sets and tuples."""
    id: uuid.UUID
    title: typing.Annotated[str, Field(max_length=100)]
    funder: typing.Literal["NIH"]
    lead: Person
    team: list[Person] = []
    tags: set[str] = Field(default_factory=set, max_length=3)
    budget: Budget
    period: tuple[datetime.date, datetime.date]
    homepage: AnyUrl | None = None
    scores: typing.Annotated[list[float], Field(min_length=1)]
    start: datetime.time | None = None
    effort: datetime.timedelta | None = None


class Scan(BaseModel):
    kind: typing.Literal["scan"]
    pixels: typing.Annotated[int, Field(ge=1)]


class Assay(BaseModel):
    kind: typing.Literal["assay"]
    wells: list[typing.Annotated[int, Field(ge=0)]]


class Measurement(BaseModel):
    """One of two, told by a member."""
    taken: typing.Annotated[Scan | Assay, Field(discriminator="kind")]
    value: int | str | None
    by: str | list[str]


class Node(BaseModel):
    """A tree: the root of the schema is a reference."""
    label: str
    children: list["Node"] = []


def main():
    here = pathlib.Path(__file__).parent
    for model in (Asset, Grant, Measurement, Node):
        path = here / (model.__name__.lower() + ".schema.json")
        path.write_text(json.dumps(model.model_json_schema(), indent=2,
                                   ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
