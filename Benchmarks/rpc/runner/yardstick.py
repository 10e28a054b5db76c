# SPDX-License-Identifier: Apache-2.0
"""The machine's own speed: what OpenSSL's two primitives of each call and each handshake can do."""
import subprocess


def fields(output, prefix):
    lines = [line for line in output.splitlines() if line.startswith(prefix)]
    return lines[-1].split(":") if lines else []


def measure(seconds=1):
    """MB/s of AES-128-GCM in blocks of 16 KiB; signatures and verifications a second with P-256."""
    def speed(*words):
        done = subprocess.run(["openssl", "speed", "-mr", "-seconds", str(seconds), *words],
                              check=True, capture_output=True, text=True)
        return done.stdout

    cipher = fields(speed("-evp", "aes-128-gcm", "-bytes", "16384"), "+F")
    curve = fields(speed("ecdsap256"), "+F4")
    return {
        "aes_128_gcm_mb_per_s": round(float(cipher[-1]) / 1e6) if cipher else None,
        "p256_signs_per_s": round(float(curve[-2])) if curve else None,
        "p256_verifies_per_s": round(float(curve[-1])) if curve else None,
    }
