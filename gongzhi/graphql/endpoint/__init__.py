"""The endpoint: GraphQL over HTTP, over WebSocket and as server-sent events, on one address.

`operation` reads what was sent and `caller` who sent it, `documents` the GraphQL text, once; `measuring`, `pricing` and
`limits` say what may be asked for. `answering` runs it, the same for every way in: `http`, `websocket` and `sse`.
"""
