"""A script: the module's own statements, a loop, and a ``main``."""

import json
import sys

import boto3

s3 = boto3.client("s3")
bucket = sys.argv[1]

state = json.loads(s3.get_object(Bucket=bucket, Key="deployments.json")["Body"].read())
for service in sys.argv[2:]:
    state[service] = "requested"
s3.put_object(Bucket=bucket, Key="deployments.json", Body=json.dumps(state))  # bad: CL101


def drop_from_each(keys, user):
    for key in keys:
        response = s3.get_object(Bucket=bucket, Key=key)
        members = json.loads(response["Body"].read())
        if user not in members:
            continue
        members.remove(user)
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(members), IfMatch=response["ETag"])  # bad: CL101


# good: another resource
def concatenate(keys):
    parts = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]
    s3.put_object(Bucket=bucket, Key="all.log", Body=b"".join(parts))


def poll(queue, key):
    while True:
        message = queue.get()
        if message is None:
            break
        response = s3.get_object(Bucket=bucket, Key=key)
        history = response["Body"].read().decode().splitlines()
        history = history[-99:] + [message]
        s3.put_object(Bucket=bucket, Key=key, Body="\n".join(history), IfMatch=response["ETag"])  # bad: CL101


# good: compared only
def main():
    current = s3.get_object(Bucket=bucket, Key="version")["Body"].read().decode().strip()
    wanted = sys.argv[2]
    print(f"{current} -> {wanted}")
    if current != wanted:
        s3.put_object(Bucket=bucket, Key="version", Body=wanted)


if __name__ == "__main__":
    main()
