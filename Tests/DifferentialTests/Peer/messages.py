# SPDX-License-Identifier: Apache-2.0
"""Random messages of any type, from a seed: values at the borders of their types, and fields that the type does
not know."""
import random
import struct

from google.protobuf.descriptor import FieldDescriptor as Field

WHOLE = {
    Field.TYPE_INT32: (-2**31, 2**31 - 1), Field.TYPE_SINT32: (-2**31, 2**31 - 1),
    Field.TYPE_SFIXED32: (-2**31, 2**31 - 1), Field.TYPE_UINT32: (0, 2**32 - 1),
    Field.TYPE_FIXED32: (0, 2**32 - 1), Field.TYPE_INT64: (-2**63, 2**63 - 1),
    Field.TYPE_SINT64: (-2**63, 2**63 - 1), Field.TYPE_SFIXED64: (-2**63, 2**63 - 1),
    Field.TYPE_UINT64: (0, 2**64 - 1), Field.TYPE_FIXED64: (0, 2**64 - 1),
}
DOUBLES = [
    0.0, -0.0, 1.0, -1.5, 0.1, 1e300, -1e-300, 5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 2.0**53 + 1, 1e21, 123456789012345680.0,
]
FLOATS = [
    # Not the largest one: the package refuses the text that it prints for it, 3.4028235e+38.
    0.0, -0.0, 1.0, -1.5, 1e-45, 1.1754943508222875e-38, 3.4028232635611926e38, float("inf"), float("-inf"),
    float("nan"), 16777217.0, 1e10, 0.3,
]
TEXTS = [
    "", "a", "é", "日本語", "\U0001F600", "\u0000", "\"quoted\" \\ / \b\f\n\r\t", "\u007f\u0080\u07ff\u0800\uffff",
    "\u2028\u2029", "x" * 127, "y" * 128, "</script>", "\U0010FFFF",
]
DEPTH = 4
# What the well-known types may hold in JSON; outside of it they have no form there.
SECONDS = {"google.protobuf.Timestamp": (-62135596800, 253402300799),
           "google.protobuf.Duration": (-315576000000, 315576000000)}


class Maker:
    def __init__(self, seed, pool):
        self.random = random.Random(seed)
        self.pool = pool
        # Some messages have all fields, some few.
        self.fullness = self.random.choice([0.1, 0.3, 0.6, 0.95])
        self.has_unknown = self.random.random() < 0.3

    def message(self, made, depth=0):
        special = getattr(self, made.DESCRIPTOR.full_name.replace(".", "_"), None)
        if special:
            special(made, depth)
            return made
        for field in made.DESCRIPTOR.fields:
            chance = self.fullness
            if field.message_type:
                chance = self.fullness / (depth + 1) if depth < DEPTH else 0
            if self.random.random() < chance:
                self.fill(made, field, depth)
        if self.has_unknown and self.random.random() < 0.5:
            made.MergeFromString(self.unknown(made.DESCRIPTOR))
        return made

    def fill(self, made, field, depth):
        if not field.is_repeated:
            self.single(made, field, depth)
        elif field.message_type and field.message_type.GetOptions().map_entry:
            self.entries(getattr(made, field.name), field.message_type, depth)
        else:
            values = getattr(made, field.name)
            for _ in range(self.random.choice([0, 1, 2, 3, 3, 20 if not field.message_type else 2])):
                if field.message_type:
                    self.message(values.add(), depth + 1)
                else:
                    values.append(self.value(field))

    def single(self, made, field, depth):
        if field.message_type:
            inner = getattr(made, field.name)
            inner.SetInParent()
            self.message(inner, depth + 1)
        else:
            setattr(made, field.name, self.value(field))

    def entries(self, values, entry, depth):
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        for _ in range(self.random.choice([0, 1, 2, 3, 8 if not value.message_type else 2])):
            if value.message_type:
                self.message(values[self.value(key)], depth + 1)
            else:
                values[self.value(key)] = self.value(value)

    def value(self, field):
        choose = self.random.choice
        if field.type in WHOLE:
            return self.whole(*WHOLE[field.type])
        if field.type == Field.TYPE_BOOL:
            return choose([True, False])
        if field.type == Field.TYPE_DOUBLE:
            return choose(DOUBLES) if self.random.random() < 0.5 else self.bits("<d", 64)
        if field.type == Field.TYPE_FLOAT:
            return choose(FLOATS) if self.random.random() < 0.5 else self.bits("<f", 32)
        if field.type == Field.TYPE_STRING:
            return choose(TEXTS)
        if field.type == Field.TYPE_BYTES:
            return self.random.randbytes(choose([0, 1, 2, 3, 4, 5, 127, 128]))
        numbers = [value.number for value in field.enum_type.values]
        if field.enum_type.full_name != "google.protobuf.NullValue":
            numbers += [12345, -12345, 2**31 - 1, -2**31]
        return choose(numbers)

    def whole(self, low, high):
        near = [low, high, low + 1, high - 1, 0, 1, 127, 128, 16383, 16384, 2**21, 2**28, 2**31 - 1, -1, -128]
        value = self.random.choice(near) if self.random.random() < 0.7 else self.random.randint(low, high)
        return min(max(value, low), high)

    def bits(self, form, count):
        return struct.unpack(form, self.random.getrandbits(count).to_bytes(count // 8, "little"))[0]

    def unknown(self, descriptor):
        """Fields with numbers that the type does not have, of each wire type."""
        data = b""
        for _ in range(self.random.randint(1, 4)):
            number = self.random.choice([999, 1000, 5000, 70000, 536870910])
            if number in descriptor.fields_by_number:
                continue
            wire = self.random.choice([0, 1, 2, 3, 5])
            data += varint(number << 3 | wire)
            if wire == 0:
                data += varint(self.random.getrandbits(self.random.choice([1, 7, 8, 35, 64])))
            elif wire == 1:
                data += self.random.randbytes(8)
            elif wire == 2:
                data += b"\x03abc"
            elif wire == 3:
                data += b"\x08\x01\x13\x14" + varint(number << 3 | 4)
            else:
                data += self.random.randbytes(4)
        return data

    # Types whose values are bound by more than their fields.

    def google_protobuf_Timestamp(self, made, depth):
        made.seconds = self.whole(*SECONDS[made.DESCRIPTOR.full_name])
        made.nanos = self.random.choice([0, 1, 1000, 10**6, 999999999, 120000000])

    def google_protobuf_Duration(self, made, depth):
        made.seconds = self.whole(*SECONDS[made.DESCRIPTOR.full_name])
        sign = -1 if made.seconds < 0 or (made.seconds == 0 and self.random.random() < 0.5) else 1
        if abs(made.seconds) < 315576000000:
            made.nanos = sign * self.random.choice([0, 1, 1000, 10**6, 999999999, 500000000])

    def google_protobuf_FieldMask(self, made, depth):
        for _ in range(self.random.randint(0, 3)):
            made.paths.append(self.random.choice(["a", "foo_bar", "a.b_c.d", "x_y_z"]))

    def google_protobuf_Value(self, made, depth):
        kind = self.random.randint(0, 5 if depth < DEPTH else 3)
        if kind == 0:
            made.null_value = 0
        elif kind == 1:
            made.number_value = self.random.choice([0.0, -1.5, 1e300, 0.1])
        elif kind == 2:
            made.string_value = self.random.choice(TEXTS)
        elif kind == 3:
            made.bool_value = self.random.choice([True, False])
        elif kind == 4:
            made.struct_value.SetInParent()
            self.google_protobuf_Struct(made.struct_value, depth + 1)
        else:
            made.list_value.SetInParent()
            self.google_protobuf_ListValue(made.list_value, depth + 1)

    def google_protobuf_Struct(self, made, depth):
        for _ in range(self.random.randint(0, 3)):
            self.google_protobuf_Value(made.fields[self.random.choice(TEXTS)], depth + 1)

    def google_protobuf_ListValue(self, made, depth):
        for _ in range(self.random.randint(0, 3)):
            self.google_protobuf_Value(made.values.add(), depth + 1)

    def google_protobuf_Any(self, made, depth):
        if self.random.random() < 0.3 or depth >= DEPTH:
            return
        names = ["google.protobuf.Duration", "google.protobuf.StringValue", "google.protobuf.Empty"]
        from google.protobuf import message_factory
        name = self.random.choice(names)
        inner = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()
        self.has_unknown, kept = False, self.has_unknown
        self.message(inner, depth + 1)
        self.has_unknown = kept
        made.type_url = "type.googleapis.com/" + name
        made.value = inner.SerializeToString(deterministic=True)


def varint(value):
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)
