"""
Prints Spark's own descriptors of Spark Connect as JSON: `{ "messages": { "Plan": { "root": [1, "Relation", "one"] } }, "enums": {…}, "calls": {…} }`.
Reads the `*_pb2.py` files in a folder without importing pyspark. Needs the package protobuf.

    python descriptors.py FOLDER
"""

import ast
import json
import pathlib
import re
import sys

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

messages, enums, calls = {}, {}, {}


def short(name):
    return name.removeprefix(".spark.connect.").removeprefix(".")


def add(message, prefix):
    name = prefix + message.name
    maps = {short(f".spark.connect.{name}.{each.name}") for each in message.nested_type if each.options.map_entry}
    messages[name] = {}
    for field in message.field:
        kind = short(field.type_name) or FieldDescriptorProto.Type.Name(field.type)[5:].lower()
        label = "many" if field.label == FieldDescriptorProto.LABEL_REPEATED else "one"
        messages[name][field.name] = [field.number, "map" if kind in maps else kind, "map" if kind in maps else label]
    for each in message.nested_type:
        add(each, f"{name}.")
    for each in message.enum_type:
        enums[f"{name}.{each.name}"] = {value.name: value.number for value in each.value}


for path in sorted(pathlib.Path(sys.argv[1]).glob("*_pb2.py")):
    literal = re.search(r"AddSerializedFile\(\s*(b(?:'|\").*?(?:'|\"))\s*\)\s*\n", path.read_text(), re.S)
    file = FileDescriptorProto()
    file.ParseFromString(ast.literal_eval(literal.group(1)))
    for message in file.message_type:
        add(message, "")
    for service in file.service:
        for method in service.method:
            calls[method.name] = [short(method.input_type), short(method.output_type), method.server_streaming]

json.dump({"messages": messages, "enums": enums, "calls": calls}, sys.stdout)
