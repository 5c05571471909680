"""Tasks and clusters that were started twice, as others met and told it."""

from __future__ import annotations

import boto3
import tenacity


class ContainerTask:
    """A lost answer of `run_task` leaves a task behind that nobody watches."""

    def __init__(self, cluster: str, definition: str) -> None:
        self.cluster, self.definition = cluster, definition
        self.client = boto3.client("ecs")

    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start(self) -> str:
        answer = self.client.run_task(  # bad: CL201
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE"
        )
        return answer["tasks"][0]["taskArn"]

    # good: a token is passed
    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def start_once(self, run: str) -> str:
        answer = self.client.run_task(
            cluster=self.cluster, taskDefinition=self.definition, launchType="FARGATE", clientToken=run
        )
        return answer["tasks"][0]["taskArn"]
