"""What `kubectl kustomize` makes of infra/k8s, for machines without kubectl: only the forms that are used there.

A field that is not known here ends it, rather than being passed over. Where there is a kubectl, a test compares.
"""

import base64, copy, pathlib, re

import yaml

KNOWN = {"apiVersion", "kind", "namespace", "labels", "resources", "configMapGenerator", "secretGenerator", "images",
         "patches"}
CLUSTER_WIDE = {"Namespace"}
LISTS_BY_NAME = {"containers"}  # the other lists of a patch replace what was there


def build(folder):
    """The documents of an overlay, in no order; generated names bear no digest."""
    folder = pathlib.Path(folder)
    (plan,) = yaml.safe_load_all((folder / "kustomization.yaml").read_text())
    unknown = set(plan) - KNOWN
    assert not unknown, f"{folder}: {unknown} is not known here"
    documents = []
    for resource in plan.get("resources", []):
        path = folder / resource
        documents += build(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text()))
    for kind, field in (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")):
        for generator in plan.get(field, []):
            generate(kind, generator, documents, folder)
    for document in documents:
        if "namespace" in plan and document["kind"] not in CLUSTER_WIDE:
            document["metadata"]["namespace"] = plan["namespace"]
        for label in plan.get("labels", []):
            assert label.keys() == {"pairs"}, label
            document["metadata"].setdefault("labels", {}).update(label["pairs"])
    for change in plan.get("patches", []):
        patch(change, documents, folder)
    for image in plan.get("images", []):
        for container in containers(documents):
            name, _, tag = container["image"].partition(":")
            if name == image["name"]:
                container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"
    return documents


def generate(kind, generator, documents, folder):
    unknown = set(generator) - {"name", "behavior", "envs", "literals", "files"}
    assert not unknown, f"{folder}: {unknown} of a generator is not known here"
    data = {}
    for path in generator.get("envs", []):
        lines = (folder / path).read_text().splitlines()
        data |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    data |= dict(literal.split("=", 1) for literal in generator.get("literals", []))
    data |= {path: (folder / path).read_text() for path in generator.get("files", [])}
    if kind == "Secret":
        data = {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}
    made = next((it for it in documents if (it["kind"], it["metadata"]["name"]) == (kind, generator["name"])), None)
    assert (made is not None) == (generator.get("behavior") == "merge"), f"{folder}: {generator}"
    if made:
        made["data"] |= data
    else:
        made = {"apiVersion": "v1", "kind": kind, "metadata": {"name": generator["name"]}, "data": data}
        documents.append(made | ({"type": "Opaque"} if kind == "Secret" else {}))


def containers(documents):
    for document in documents:
        yield from document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", [])


def patch(change, documents, folder):
    assert set(change) in ({"target", "patch"}, {"target", "path"}), change
    assert set(change["target"]) <= {"kind", "name"}, change
    text = change["patch"] if "patch" in change else (folder / change["path"]).read_text()
    what = yaml.safe_load(text)
    matching = [it for it in documents if it["kind"] == change["target"]["kind"]
                and re.fullmatch(change["target"].get("name", ".*"), it["metadata"]["name"])]
    assert matching, f"{folder}: nothing is {change['target']}"
    for document in matching:
        if isinstance(what, list):
            for operation in what:
                apply(operation, document)
        else:
            body = {key: value for key, value in what.items() if key not in ("apiVersion", "kind")}
            merge(document, body | {"metadata": {k: v for k, v in body["metadata"].items() if k != "name"}})


def apply(operation, document):
    """RFC 6902, to set something."""
    *way, last = operation["path"].strip("/").split("/")
    place = document
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if operation["op"] == "replace":
        assert last in place, f"{operation}: it is not there"
    else:
        assert operation["op"] == "add" and isinstance(place, dict), operation
    place[last] = copy.deepcopy(operation["value"])


def merge(document, changes):
    """A strategic merge: what the patch says is stronger, and containers are the same by their names."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            merge(document[key], value)
        elif key in LISTS_BY_NAME and key in document:
            for item in value:
                same = [it for it in document[key] if it["name"] == item["name"]]
                if same:
                    merge(same[0], item)
                else:
                    document[key].append(copy.deepcopy(item))
        else:
            document[key] = copy.deepcopy(value)
