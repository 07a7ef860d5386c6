"""
Reads manifests in YAML on stdin, validates those of Kubernetes itself against its schemas, strictly, and prints the documents as JSON with the problems found.

    kubectl kustomize FOLDER | python tools/kubernetes/check.py VERSION...
"""

import json
import sys

import kubernetes_validate
import yaml

documents = [each for each in yaml.safe_load_all(sys.stdin) if each]
problems = []
for document in documents:
    if document["apiVersion"].startswith("monitoring.coreos.com/"):
        continue
    for version in sys.argv[1:]:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            problems.append(f"{version}: {document['kind']} {document['metadata']['name']}: {error}"[:500])
json.dump({"documents": documents, "problems": problems}, sys.stdout)
