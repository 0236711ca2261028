"""Bodies of which exactly one field is set: `{"percent": {…}}`. The field's name tells what it is.

A closed union could be told apart by a `kind` as well, but then the addresses of errors would not be those of the text.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from merchant.offers.words import STRICT


class OneOf(BaseModel):
    """Exactly one of the fields."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={"minProperties": 1, "maxProperties": 1},
    )

    @model_validator(mode="after")
    def _one(self) -> "OneOf":
        if [getattr(self, name) is None for name in self.model_fields_set] != [False]:
            names = ", ".join(field.alias or name for name, field in type(self).model_fields.items())
            raise PydanticCustomError("exactly_one", "exactly one of: {names}", {"names": names})
        return self

    def chosen(self) -> tuple[str, Any]:
        """Give the name and the value of the field that is set."""
        (name,) = self.model_fields_set
        return name, getattr(self, name)
