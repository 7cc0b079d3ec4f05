"""Uvicorn's sockets with two manners of our own: they say why they go, and do not wait for a reader who never reads."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

GOING_AWAY = 1001


class SocketProtocol(WebSocketsSansIOProtocol):
    """One socket, from its handshake to the end of its connection."""

    def shutdown(self) -> None:
        """The server is told to stop: 1001, by which clients know that they may come again (uvicorn says 1012)."""
        if not self.handshake_complete or self.close_sent:
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": GOING_AWAY})
        self.conn.send_close(GOING_AWAY)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()

    async def run_asgi(self) -> None:
        """Afterwards uvicorn sends what is left; to who takes nothing that would be never."""
        await super().run_asgi()
        if not self.writable.is_set():
            self.transport.abort()
