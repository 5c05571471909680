"""Operations of Compute Engine and GKE go on when the call has returned."""

from __future__ import annotations

from google.api_core.exceptions import BadRequest, FailedPrecondition
from google.cloud import compute_v1, container_v1

clusters = container_v1.ClusterManagerClient()


def resize(client: compute_v1.InstancesClient, project: str, zone: str, name: str, kind: object) -> None:
    client.stop(project=project, zone=zone, instance=name)
    client.set_machine_type(  # bad: CL405
        project=project, zone=zone, instance=name, instances_set_machine_type_request_resource=kind
    )


def create_and_attach(project: str, zone: str, name: str, disk: compute_v1.AttachedDisk) -> None:
    client = compute_v1.InstancesClient()
    instance = compute_v1.Instance()
    instance.name = name
    operation = client.insert(project=project, zone=zone, instance_resource=instance)
    client.attach_disk(  # bad: CL405
        project=project, zone=zone, instance=name, attached_disk_resource=disk
    )
    operation.result()


def grow(client: compute_v1.DisksClient, project: str, zone: str, name: str, size: object) -> None:
    client.insert(
        request=compute_v1.InsertDiskRequest(project=project, zone=zone, disk_resource=compute_v1.Disk(name=name))
    )
    client.resize(  # bad: CL405
        request={"project": project, "zone": zone, "disk": name, "disks_resize_request_resource": size}
    )


def change_cluster(name: str, update: object, pool: object) -> None:
    clusters.update_cluster(name=name, update=update)
    clusters.create_node_pool(parent=name, node_pool=pool)  # bad: CL405


# good: waits
def resize_in_turn(client: compute_v1.InstancesClient, project: str, zone: str, name: str, kind: object) -> None:
    client.stop(project=project, zone=zone, instance=name).result(timeout=300)
    client.set_machine_type(
        project=project, zone=zone, instance=name, instances_set_machine_type_request_resource=kind
    )


# good: waits
def change_cluster_in_turn(name: str, update: object, pool: object, done: int) -> None:
    operation = clusters.update_cluster(name=name, update=update)
    while clusters.get_operation(name=f"{name}/operations/{operation.name}").status != done:
        pass
    clusters.create_node_pool(parent=name, node_pool=pool)


# good: another resource
def move(client: compute_v1.InstancesClient, project: str, zone: str, old: str, new: str) -> None:
    client.stop(project=project, zone=zone, instance=old)
    client.start(project=project, zone=zone, instance=new)


# good: refusal handled
def start_again(client: compute_v1.InstancesClient, project: str, zone: str, name: str) -> bool:
    client.stop(project=project, zone=zone, instance=name)
    try:
        client.start(project=project, zone=zone, instance=name)
    except BadRequest:
        return False
    return True


# good: refusal handled
def change_cluster_or_leave_it(name: str, update: object, pool: object) -> bool:
    clusters.update_cluster(name=name, update=update)
    try:
        clusters.create_node_pool(parent=name, node_pool=pool)
    except FailedPrecondition:
        return False
    return True
