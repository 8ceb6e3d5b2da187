"""Responses whose fields are described where they are declared."""

from pydantic import ConfigDict

from shared.contracts.http.response import Response


class DescribedResponse(Response):
    """What is written under a field is its description in the OpenAPI document."""

    model_config = ConfigDict(populate_by_name=True, use_attribute_docstrings=True)
