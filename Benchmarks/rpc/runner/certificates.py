# SPDX-License-Identifier: Apache-2.0
"""One authority, a server and a client: P-256, made anew for each run."""
import subprocess

LEAF = """subjectAltName=DNS:localhost,IP:127.0.0.1,URI:bench:{name}
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
"""


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def make(folder):
    """Writes ca.pem, server.pem, server.key, client.pem and client.key (PKCS#8) into `folder`."""
    def new(*words):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *words)

    new("-x509", "-days", "2", "-subj", "/CN=bench authority", "-keyout", f"{folder}/ca.key",
        "-out", f"{folder}/ca.pem", "-addext", "basicConstraints=critical,CA:TRUE",
        "-addext", "keyUsage=critical,keyCertSign")
    for name in ("server", "client"):
        new("-subj", "/CN=localhost", "-keyout", f"{folder}/{name}.key",
            "-out", f"{folder}/{name}.csr")
        with open(f"{folder}/{name}.ext", "w", encoding="ascii") as file:
            file.write(LEAF.format(name=name))
        openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/ca.pem",
                "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{folder}/{name}.ext", "-out", f"{folder}/{name}.pem")
