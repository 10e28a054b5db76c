# SPDX-License-Identifier: Apache-2.0
"""protobuf's own Python package, serving a test: a request a line on standard input, an answer a line on
standard output. Bytes and texts stand in hexadecimal.

    make TYPE SEED           a random message             ok BYTES
    read TYPE BYTES          read and written again       ok BYTES   or   no REASON
    print TYPE BYTES OPTIONS its JSON                     ok TEXT    or   no REASON
    parse TYPE TEXT OPTIONS  JSON, written as bytes       ok BYTES   or   no REASON
    check TEXT               what protoc says of a schema ok         or   no REASON

Started with the folder of the schemas, a folder for files of its own, and the schemas' names.
"""
import os
import subprocess
import sys
import traceback

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError, EncodeError

import messages


def load_pool(schemas, scratch, names):
    target = os.path.join(scratch, "descriptors")
    subprocess.run(
        ["protoc", "-I", schemas, "--include_imports", "--descriptor_set_out", target, *names],
        check=True)
    files = descriptor_pb2.FileDescriptorSet()
    with open(target, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


class Peer:
    def __init__(self, schemas, scratch, names):
        self.scratch = scratch
        self.pool = load_pool(schemas, scratch, names)

    def message(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()

    def make(self, name, seed):
        made = messages.Maker(int(seed), self.pool).message(self.message(name))
        return self.written(made)

    def read(self, name, data):
        return self.written(self.parsed(name, data))

    def print(self, name, data, options=""):
        text = json_format.MessageToJson(
            self.parsed(name, data), indent=None, descriptor_pool=self.pool,
            always_print_fields_with_no_presence="d" in options,
            preserving_proto_field_name="n" in options, use_integers_for_enums="e" in options)
        return text.encode("utf-8")

    def parse(self, name, text, options=""):
        made = self.message(name)
        json_format.Parse(
            text.decode("utf-8"), made, ignore_unknown_fields="u" in options,
            descriptor_pool=self.pool)
        return self.written(made)

    def check(self, text):
        path = os.path.join(self.scratch, "text.proto")
        with open(path, "wb") as file:
            file.write(text)
        done = subprocess.run(
            ["protoc", "-I", self.scratch, "--descriptor_set_out", os.devnull, path],
            capture_output=True, check=False)
        if done.returncode != 0:
            raise json_format.Error(done.stderr.decode("utf-8", "replace"))
        return b""

    def parsed(self, name, data):
        made = self.message(name)
        made.ParseFromString(data)
        return made

    @staticmethod
    def written(message):
        return message.SerializeToString(deterministic=True)


REFUSALS = (DecodeError, EncodeError, json_format.Error, UnicodeDecodeError, ValueError, TypeError)


def answer(peer, line):
    words = line.rstrip("\n").split(" ")
    verb, rest = words[0], words[1:]
    try:
        if verb == "make":
            return "ok " + peer.make(rest[0], rest[1]).hex()
        if verb == "check":
            return "ok " + peer.check(bytes.fromhex(rest[0])).hex()
        handler = {"read": peer.read, "print": peer.print, "parse": peer.parse}[verb]
        return "ok " + handler(rest[0], bytes.fromhex(rest[1]), *rest[2:]).hex()
    except REFUSALS as error:
        return "no " + " ".join(f"{type(error).__name__}: {error}".split())[:2000]


def main():
    peer = Peer(sys.argv[1], sys.argv[2], sys.argv[3:])
    for line in sys.stdin:
        try:
            reply = answer(peer, line)
        except Exception:  # The test shall hear of it, and not wait for ever.
            reply = "failed " + " ".join(traceback.format_exc().split())
        sys.stdout.write(reply + "\n")
        sys.stdout.flush()


main()
