"""WebSockets that end in the words of their own protocol when the server stops."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gongzhi.edge.stopping import shared

FAREWELL_SECONDS = 2.0
"""How long a client may take to answer that the connection is closed."""


class GuardedSocket(WebSocketsSansIOProtocol):
    """Leaves it to the application to finish what runs and to close: uvicorn closes at once, with 1012."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.close_timeout = FAREWELL_SECONDS
        self.stopping = shared(self.app_state)

    def shutdown(self) -> None:
        """The server is asked to stop."""
        self.stopping.set()
        if self.close_sent:
            super().shutdown()
