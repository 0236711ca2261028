"""The API of layers: put one under its cause, list, look, change with `If-Match`, end early."""

from typing import Any

from aiohttp import web

from merchant.designs.layer_bodies import LayerBody, LayersQuery, NewLayerBody, layer_answer
from merchant.designs.tools import DESIGNS, DesignTools
from merchant.offers.tags import replaced_version, tagged
from offers.model.layer import Layer, LayerId
from web.body import answer, read_body

routes = web.RouteTableDef()


@routes.get("/v1/layers")
async def every(request: web.Request) -> web.Response:
    """List the layers that are on or planned, by their starts."""
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    query = LayersQuery.model_validate(dict(request.query))
    found = await tools.look_at.layers(programme, limit=query.limit)
    return answer({"layers": [_told(tools, layer) for layer in found]})


@routes.post("/v1/layers")
async def put(request: web.Request) -> web.Response:
    """Put a layer. Under a cause that put one already, that one is answered."""
    tools = request.app[DESIGNS]
    holder = await tools.doorkeeper.operator_key(request)
    body = await read_body(request, NewLayerBody)
    layer = await tools.put_layer(holder.programme, body.cause_key, body.to_wish(), staff_id=holder.key.id)
    return answer(_told(tools, layer), status=201, headers=tagged(layer.edition))


@routes.get("/v1/layers/{id}")
async def look(request: web.Request) -> web.Response:
    tools = request.app[DESIGNS]
    programme = await tools.doorkeeper.operator(request)
    layer = await tools.look_at.layer(programme, LayerId(request.match_info["id"]))
    return answer(_told(tools, layer), headers=tagged(layer.edition))


@routes.put("/v1/layers/{id}")
async def change(request: web.Request) -> web.Response:
    """Change what a layer shows, when and how strongly; whom it is for stays."""
    tools = request.app[DESIGNS]
    holder = await tools.doorkeeper.operator_key(request)
    layer = await tools.look_at.layer(holder.programme, LayerId(request.match_info["id"]))
    body = await read_body(request, LayerBody)
    edition = replaced_version(request)
    changed = await tools.change_layer(
        holder.programme, layer.id, body.over(layer), edition=edition, staff_id=holder.key.id
    )
    return answer(_told(tools, changed), headers=tagged(changed.edition))


@routes.post("/v1/layers/{id}/end")
async def end(request: web.Request) -> web.Response:
    """End a layer now; one that is over stays as it was."""
    tools = request.app[DESIGNS]
    holder = await tools.doorkeeper.operator_key(request)
    layer_id = LayerId(request.match_info["id"])
    return answer(_told(tools, await tools.end_layer(holder.programme, layer_id, staff_id=holder.key.id)))


def _told(tools: DesignTools, layer: Layer) -> dict[str, Any]:
    return layer_answer(layer, is_on=layer.is_on(tools.clock()))
