"""Asks a running appliance on the socket in its state folder, where its own user may do everything."""
import http.client
import json
import socket
import urllib.parse


class LocalConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


def ask(state, method, path, body=None, **query):
    """Status and JSON of the answer."""
    connection = LocalConnection(state / "control")
    try:
        query = "?" + urllib.parse.urlencode(query) if query else ""
        connection.request(method, path + query, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
