"""Asks a running appliance over HTTPS, where a token says what one may do."""
import http.client
import socket
import ssl
import subprocess


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder, name="cert"):
    """`cert.pem` and `key.pem` in the folder."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)


def ask(folder, port, method, path, token, body=None):
    """Status and text of the answer."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30,
                                             context=ssl.create_default_context(cafile=folder / "cert.pem"))
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
