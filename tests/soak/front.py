"""TLS in front of a ledger, for programs that have to reach it over TLS."""

import select
import socket
import ssl
import subprocess
import threading

PIECE = 1 << 16     # bytes


class Front(threading.Thread):
    """Takes TLS at `url` and hands what comes to a port of this machine.

    What breaks behind it breaks in front of it too, without a farewell.  It
    ends with the process.
    """

    def __init__(self, folder, port):
        super().__init__(daemon=True)
        self.port, self.cert = port, folder / "front.pem"
        key = folder / "front.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=front", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", key, "-out", self.cert],
            stderr=subprocess.DEVNULL, check=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.cert, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "https://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            conn, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(conn,),
                             daemon=True).start()

    def serve(self, conn):
        """Until either side is gone, which may be in the handshake."""
        try:
            with socket.create_connection(("127.0.0.1", self.port)) as ledger, \
                    self.context.wrap_socket(conn, server_side=True) as client:
                while carry(client, ledger):
                    pass
        except OSError:
            pass
        finally:
            conn.close()


def carry(client, ledger):
    """What has come from either to the other; False at the end of one."""
    ready = [client] if client.pending() else select.select(
        [client, ledger], [], [])[0]
    for one, other in ((client, ledger), (ledger, client)):
        if one in ready:
            data = one.recv(PIECE)
            if not data:
                return False
            other.sendall(data)
    return True
