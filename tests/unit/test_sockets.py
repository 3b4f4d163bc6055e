import socket

from pages.ui.sockets import answer_at_once


def test_connections_to_a_server_that_is_there_already_send_at_once():
    with socket.socket(socket.AF_INET) as server:  # of protocol 0, as Streamlit makes it
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert answer_at_once() >= 1
        with socket.create_connection(server.getsockname()), server.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
